//! Who competes in an experiment: the version with the alias of the champion, and of each model the
//! versions that other aliases stand for, or else the latest one.

use mlhost_store::{
    Experiment, ExperimentEntry, RunId, Selector, Store, StoredModel, VersionSelector,
};

use super::{AbError, AbRequest, CHAMPION, Champion};
use crate::Result;

/// A version that competes.
pub(super) struct Contestant {
    pub(super) stored: StoredModel,
    /// The run whose record says how it was judged; none if it was imported.
    pub(super) run: Option<RunId>,
}

/// All that compete.
pub(super) struct Contestants {
    pub(super) champion: Contestant,
    /// There is at least one.
    pub(super) challengers: Vec<Contestant>,
}

impl Contestants {
    /// Those that are asked for, and else those that the experiment has.
    pub(super) fn of(store: &Store, request: &AbRequest) -> Result<Self> {
        let experiment = store.experiment(&request.experiment)?;
        let champion = match &request.champion {
            Some(Champion::Version(selector)) => selector.clone(),
            Some(Champion::Alias(alias)) => with_alias(store, &experiment, alias)?,
            None => with_alias(store, &experiment, CHAMPION)?,
        };
        let champion = contestant(store, &experiment, &champion)?;
        let wanted = match request.challengers.is_empty() {
            true => challengers(&experiment, &champion),
            false => request.challengers.clone(),
        };
        let mut found: Vec<Contestant> = Vec::new();
        for selector in &wanted {
            let challenger = contestant(store, &experiment, selector)?;
            if challenger.is(&champion) {
                let model = champion.to_string();
                return Err(AbError::ChallengesItself { model }.into());
            }
            if challenger.stored.model.target != champion.stored.model.target {
                return Err(AbError::OtherTarget {
                    model: challenger.predicting(),
                    champion: champion.predicting(),
                }
                .into());
            }
            if !found.iter().any(|other| other.is(&challenger)) {
                found.push(challenger);
            }
        }
        if found.is_empty() {
            let others = experiment.entries.iter();
            let others = others.filter(|entry| !champion.is_entry(entry));
            return Err(AbError::NoChallenger {
                experiment: experiment.name.clone(),
                champion: champion.to_string(),
                others: others.map(ToString::to_string).collect(),
            }
            .into());
        }
        Ok(Self {
            champion,
            challengers: found,
        })
    }
}

impl Contestant {
    fn is(&self, other: &Self) -> bool {
        (&self.stored.name, self.stored.version) == (&other.stored.name, other.stored.version)
    }

    fn is_entry(&self, entry: &ExperimentEntry) -> bool {
        (&self.stored.name, self.stored.version) == (&entry.model, entry.version)
    }

    /// ``arr-delay@1 predicts `arr_delay` ``
    fn predicting(&self) -> String {
        match &self.stored.model.target {
            Some(target) => format!("{self} predicts `{target}`"),
            None => format!("{self} names no target"),
        }
    }
}

/// `arr-delay@1`
impl std::fmt::Display for Contestant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.stored.name, self.stored.version)
    }
}

/// The only version of an experiment with this alias.
fn with_alias(store: &Store, experiment: &Experiment, alias: &str) -> Result<Selector> {
    let entries = experiment.entries.iter();
    let found: Vec<_> = entries.filter(|entry| has(entry, alias)).collect();
    match found.as_slice() {
        [champion] => Ok(numbered(champion)),
        [] => Err(AbError::NoChampion {
            experiment: experiment.name.clone(),
            alias: alias.to_owned(),
            versions: experiment.entries.iter().map(ToString::to_string).collect(),
        }
        .into()),
        several => {
            let several = several
                .iter()
                .map(|entry| contestant(store, experiment, &numbered(entry)));
            let several: Vec<_> = several.collect::<Result<_>>()?;
            let target = |one: &Contestant| one.stored.model.target.clone();
            let first = several.first().map(target);
            let compete = several.iter().all(|one| Some(target(one)) == first);
            let experiment = experiment.name.clone();
            Err(match compete {
                true => AbError::SeveralChampions {
                    experiment,
                    champions: several.iter().map(ToString::to_string).collect(),
                },
                false => AbError::SeveralTargets {
                    experiment,
                    champions: several.iter().map(Contestant::predicting).collect(),
                },
            }
            .into())
        }
    }
}

fn contestant(store: &Store, experiment: &Experiment, selector: &Selector) -> Result<Contestant> {
    let stored = store.model(selector)?;
    let mut entries = experiment.entries.iter();
    let entered =
        entries.find(|entry| entry.model == stored.name && entry.version == stored.version);
    let run = entered.map(|entry| entry.run).or(stored.run);
    Ok(Contestant { stored, run })
}

/// Of each model the versions that an alias stands for, or else its latest version, without the
/// champion.
fn challengers(experiment: &Experiment, champion: &Contestant) -> Vec<Selector> {
    let mut challengers = Vec::new();
    for of_model in experiment
        .entries
        .chunk_by(|one, other| one.model == other.model)
    {
        let others = of_model.iter().filter(|entry| !champion.is_entry(entry));
        let with_alias = others.filter(|entry| !entry.aliases.is_empty());
        let mut chosen: Vec<_> = with_alias.collect();
        if chosen.is_empty() {
            let latest = of_model.last().filter(|entry| !champion.is_entry(entry));
            chosen.extend(latest);
        }
        challengers.extend(chosen.into_iter().map(numbered));
    }
    challengers
}

fn has(entry: &ExperimentEntry, alias: &str) -> bool {
    entry.aliases.iter().any(|own| own == alias)
}

fn numbered(entry: &ExperimentEntry) -> Selector {
    Selector {
        name: entry.model.clone(),
        version: VersionSelector::Number(entry.version),
    }
}
