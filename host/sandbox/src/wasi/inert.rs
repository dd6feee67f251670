//! Answers for the interfaces of WASI that have no host of their own: nothing is there, and nothing
//! may be done.
//!
//! The answer follows from the type of the function, whatever its name: an empty list, no value, an
//! error that says "not permitted" in the interface's own words. That way a component of any version
//! of these interfaces loads. A function that has no such answer, which is one of a thing that nobody
//! was given, ends the call.

use wasmtime::{
    AsContextMut, Engine, StoreContextMut,
    component::{
        Component, Linker, Resource, ResourceType, Type, Val,
        types::{ComponentFunc, ComponentItem},
    },
};

use super::is_known;
use crate::session::{Session, Stopped};

/// How the interfaces call what is not permitted, in errors of theirs.
const NOT_PERMITTED: [&str; 2] = ["access-denied", "not-permitted"];

/// A thing that a plugin may hold, and that does nothing.
struct Inert;

/// Gives a component answers for all interfaces of WASI that it imports and `linker` does not have.
///
/// # Errors
/// When one of them cannot be defined.
pub(crate) fn add_inert(
    engine: &Engine,
    linker: &mut Linker<Session>,
    component: &Component,
) -> wasmtime::Result<()> {
    // A resource that an interface uses from another one is among its exports, too.
    let mut seen: Vec<ResourceType> = Vec::new();
    for (interface, item) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(instance) = item.ty else {
            continue;
        };
        let is_answered = !is_known(interface) || HOSTED.iter().any(|own| is_of(interface, own));
        for (name, item) in instance.exports(engine) {
            let own = match item.ty {
                ComponentItem::Resource(own) if !seen.contains(&own) => own,
                _ => continue,
            };
            seen.push(own);
            if !is_answered {
                let mut linked = linker.instance(interface)?;
                let kind = ResourceType::host::<Inert>();
                linked.resource(name, kind, |_, _| Ok(()))?;
            }
        }
        if is_answered {
            continue;
        }
        let mut linked = linker.instance(interface)?;
        for (name, item) in instance.exports(engine) {
            if let ComponentItem::ComponentFunc(_) = item.ty {
                let function = format!("{interface}#{name}");
                linked.func_new(name, move |mut store, kind, given, results| {
                    // Whoever is given a handle gives it back.
                    for value in given {
                        if let Val::Resource(resource) = value {
                            resource.resource_drop(store.as_context_mut())?;
                        }
                    }
                    answer(store, &function, &kind, results)
                })?;
            }
        }
    }
    Ok(())
}

/// The interfaces that have a host of their own.
const HOSTED: [&str; 17] = [
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:random/random",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
];

/// Whether a name with a version is that of this interface.
fn is_of(import: &str, interface: &str) -> bool {
    import
        .strip_prefix(interface)
        .is_some_and(|rest| rest.starts_with('@'))
}

fn answer(
    mut store: StoreContextMut<'_, Session>,
    function: &str,
    kind: &ComponentFunc,
    results: &mut [Val],
) -> wasmtime::Result<()> {
    for (slot, kind) in results.iter_mut().zip(kind.results()) {
        *slot = match nothing(store.as_context_mut(), &kind)? {
            Some(value) => {
                if let (Val::Result(Err(_)), Some(what)) = (&value, refused(function)) {
                    store.data_mut().refuse_to_all(what);
                }
                value
            }
            None => return Err(Stopped::Unanswered(function.to_owned()).into()),
        };
    }
    Ok(())
}

/// What a function that is not permitted would have done.
fn refused(function: &str) -> Option<&'static str> {
    let interface = function.split('@').next()?;
    Some(match interface {
        "wasi:sockets/ip-name-lookup" => "look up a name",
        _ => "open a socket",
    })
}

/// The value of a type that stands for nothing.
fn nothing(store: StoreContextMut<'_, Session>, kind: &Type) -> wasmtime::Result<Option<Val>> {
    Ok(match kind {
        Type::List(_) => Some(Val::List(vec![])),
        Type::Option(_) => Some(Val::Option(None)),
        Type::Own(_) => {
            let inert = Resource::<Inert>::new_own(0);
            Some(Val::Resource(inert.try_into_resource_any(store)?))
        }
        Type::Result(result) => result
            .err()
            .and_then(|error| denied(&error))
            .map(|denied| Val::Result(Err(Some(Box::new(denied))))),
        _ => None,
    })
}

/// The value of an interface's type of errors that says so.
fn denied(error: &Type) -> Option<Val> {
    match error {
        Type::Enum(words) => {
            let mut words = words.names();
            let word = words.find(|word| NOT_PERMITTED.contains(word))?;
            Some(Val::Enum(word.to_owned()))
        }
        _ => None,
    }
}
