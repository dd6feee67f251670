//! Goes through a run without work: how a step ends is drawn, and every rule is looked at on the
//! way.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use mlhost_pipeline::{Kind, Pipeline, Plan, PluginReference, Source, parse};
use mlhost_sandbox::{Metric, Outcome, Verdict};
use proptest::sample::Index;

use crate::{
    StepStatus,
    schedule::{Consequence, Facts, Next, Schedule},
};

/// How the steps end that run: each takes the next of these, over and over.
pub(super) struct Choices {
    /// How a step ends, and which of those that run is the next to do so.
    pub(super) outcomes: Vec<(u8, Index)>,
    /// Somebody ends the run when so many steps have ended.
    pub(super) stop_after: Option<usize>,
}

/// A run on its way.
pub(super) struct Course {
    text: String,
    pipeline: Arc<Pipeline>,
    plan: Plan,
    schedule: Schedule,
    choices: Choices,
    /// What runs: steps, and loops whose gates decide.
    running: BTreeSet<Running>,
    ended: BTreeMap<String, StepStatus>,
    /// What had not ended of the needs of a step that was begun.
    open_needs: BTreeMap<String, Vec<String>>,
    /// The order in which steps were begun.
    pub(super) begun: Vec<String>,
    is_stopped: bool,
    drawn: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Running {
    Step(String),
    Gates(String, Vec<String>),
}

/// What a step has come to.
fn facts(status: StepStatus, metric: f64) -> Facts {
    if status != StepStatus::Done {
        return Facts::of_status(status);
    }
    let metric = Metric {
        name: "m".to_owned(),
        value: Some(metric),
        labels: BTreeMap::new(),
        better: None,
    };
    Facts::done(Some(Outcome {
        verdict: Verdict::Passed,
        summary: String::new(),
        findings: vec![],
        metrics: vec![metric],
        figures: vec![],
    }))
}

/// The plan of a pipeline whose plugins are not there: the kind follows from the name.
pub(super) fn planned(text: &str) -> (Pipeline, Plan) {
    let parsed = parse(Source::new("pipeline.toml", text), &[]);
    let pipeline = parsed.unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"));
    let plan = pipeline.plan(|step| match &step.plugin {
        PluginReference::Package { name, .. } => match name.as_str() {
            "tree" => Kind::Trainer,
            "evaluate" => Kind::Evaluator,
            _ => Kind::Validator,
        },
        PluginReference::File(_) => Kind::Validator,
    });
    let plan = plan.unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"));
    (pipeline, plan)
}

impl Course {
    pub(super) fn new(text: &str, choices: Choices) -> Self {
        let (pipeline, plan) = planned(text);
        assert_eq!(
            pipeline.steps.len(),
            plan.steps.len(),
            "no step is lost\n{text}"
        );
        let pipeline = Arc::new(pipeline);
        Self {
            text: text.to_owned(),
            schedule: Schedule::new(pipeline.clone(), &plan),
            pipeline,
            plan,
            choices,
            running: BTreeSet::new(),
            ended: BTreeMap::new(),
            open_needs: BTreeMap::new(),
            begun: vec![],
            is_stopped: false,
            drawn: 0,
        }
    }

    /// Runs to the end, and gives how each step ended.
    pub(super) fn run(mut self) -> (BTreeMap<String, StepStatus>, Vec<String>) {
        loop {
            self.follow();
            if self.choices.stop_after == Some(self.ended.len()) && !self.is_stopped {
                self.stop();
                self.schedule.stop();
                self.follow();
            }
            let Some(next) = self.draw() else { break };
            self.end(next);
        }
        self.check_end();
        (self.ended, self.begun)
    }

    fn stop(&mut self) {
        self.is_stopped = true;
    }

    fn is_finally(&self, step: &str) -> bool {
        self.pipeline.steps[step].control.finally
    }

    /// Takes what follows until nothing does.
    fn follow(&mut self) {
        loop {
            let following = self.schedule.next();
            if following.is_empty() {
                return;
            }
            for next in following {
                match next {
                    Next::Run(start) => {
                        self.check_start(&start.step);
                        self.begun.push(start.step.clone());
                        self.running.insert(Running::Step(start.step));
                        self.check_places();
                    }
                    Next::Skip { step, .. } => {
                        self.check_start(&step);
                        self.mark(&step, StepStatus::Skipped);
                    }
                    Next::Fail { step, .. } => {
                        self.check_start(&step);
                        self.mark(&step, StepStatus::Failed);
                        let facts = Facts::of_status(StepStatus::Failed);
                        if self.schedule.ended(&step, facts) == Consequence::Stop {
                            self.stop();
                        }
                    }
                    Next::Lost { .. } => self.stop(),
                    Next::Judge { of, steps } => {
                        assert!(!self.is_stopped, "gates after the end\n{}", self.text);
                        self.running.insert(Running::Gates(of, steps));
                    }
                }
            }
        }
    }

    /// Which of those that run ends now.
    fn draw(&mut self) -> Option<(Running, u8)> {
        if self.running.is_empty() {
            return None;
        }
        let (word, which) = self.choices.outcomes[self.drawn % self.choices.outcomes.len()];
        self.drawn += 1;
        let running: Vec<_> = self.running.iter().collect();
        let next = (*which.get(&running)).clone();
        Some((next, word))
    }

    fn end(&mut self, (next, word): (Running, u8)) {
        self.running.remove(&next);
        let status = match word % 8 {
            0 => StepStatus::Failed,
            1 => StepStatus::Refused,
            _ => StepStatus::Done,
        };
        let metric = f64::from(word) / 255.0;
        match next {
            Running::Step(step) => {
                self.mark(&step, status);
                if self.schedule.ended(&step, facts(status, metric)) == Consequence::Stop {
                    self.stop();
                }
            }
            Running::Gates(of, steps) => {
                for step in steps {
                    let status = match status {
                        StepStatus::Failed => StepStatus::Refused,
                        other => other,
                    };
                    let facts = facts(status, metric);
                    self.ended.insert(step.clone(), status);
                    if self.schedule.judged(&step, facts) == Consequence::Stop {
                        self.stop();
                    }
                }
                self.schedule.closed(&of);
            }
        }
    }

    fn mark(&mut self, step: &str, status: StepStatus) {
        let before = self.ended.insert(step.to_owned(), status);
        assert!(before.is_none(), "`{step}` ends twice\n{}", self.text);
    }

    /// What must be true when a step is begun, or is decided not to be.
    fn check_start(&mut self, step: &str) {
        let text = &self.text;
        assert!(
            !self.ended.contains_key(step),
            "`{step}` begins twice\n{text}"
        );
        let finally = self.is_finally(step);
        if finally {
            let others = self.running.iter().any(|running| match running {
                Running::Step(other) => !self.is_finally(other),
                Running::Gates(..) => true,
            });
            assert!(!others, "`{step}` does not wait for the end\n{text}");
        } else {
            assert!(!self.is_stopped, "`{step}` begins after the end\n{text}");
            let finally = self.ended.keys().any(|other| self.is_finally(other));
            assert!(!finally, "`{step}` begins after the last ones\n{text}");
        }
        let needs = self.plan.step(step).map(|step| step.needs.clone());
        let open = needs.unwrap_or_default().into_iter();
        let open = open.filter(|need| !self.ended.contains_key(need));
        self.open_needs.insert(step.to_owned(), open.collect());
    }

    /// No loop has more iterations on their way than it may.
    fn check_places(&self) {
        for of in self.pipeline.loops.values() {
            let Some(most) = of.max_parallel else {
                continue;
            };
            let is_on_its_way = |index: &usize| {
                let mut body = of.body.iter().filter_map(|step| of.instance(step, *index));
                let mut first = of.begin.iter().filter_map(|step| of.instance(step, *index));
                let has_begun = first.any(|first| self.begun.contains(&first));
                has_begun && body.any(|step| !self.ended.contains_key(&step))
            };
            let on_their_way = (0..of.items.most()).filter(is_on_its_way).count();
            assert!(on_their_way <= most as usize, "{}", self.text);
        }
    }

    /// What must be true when nothing runs and nothing follows.
    fn check_end(&self) {
        let text = &self.text;
        assert_eq!(self.schedule.stuck(), None, "{text}");
        for step in self.pipeline.steps.values() {
            let may_be_left_out =
                step.iteration.is_some() || self.is_stopped && !step.control.finally;
            assert!(
                may_be_left_out || self.ended.contains_key(&step.name),
                "`{}` waits for ever\n{text}",
                step.name
            );
        }
        for (step, open) in &self.open_needs {
            // These are iterations that a loop did not come to, or the run was stopped before.
            let ended_later = open.iter().find(|need| self.ended.contains_key(*need));
            assert!(
                ended_later.is_none(),
                "`{step}` did not wait for {ended_later:?}\n{text}"
            );
            if !self.is_stopped {
                let is_iteration = |need: &&String| self.pipeline.steps[*need].iteration.is_none();
                assert_eq!(open.iter().find(is_iteration), None, "`{step}`\n{text}");
            }
        }
    }
}
