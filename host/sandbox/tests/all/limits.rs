//! Time, memory and talk have an end, and another thread can set one.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use arrow::{
    array::{ArrayRef, Float64Array},
    record_batch::RecordBatch,
};
use mlhost_sandbox::{
    CancelToken, Context, Error, Failure, Level, Limits, Listener, MemoryBudget, Options, Plugin,
    Sandbox, Silent,
};

use crate::support::{compiled, failure, hostile, hostile_bytes, project, standard, table};

/// Has the hostile plugin fold some rows.
fn attack(attack: &str, context: &Context) -> Result<Vec<u8>, Error> {
    let rows = numbers();
    let params = format!(r#"{{ "attack": "{attack}" }}"#);
    let mut folder = hostile().folder(context, &params, &rows.schema())?;
    let rows = project(&rows, folder.columns());
    folder.update(&rows)?;
    folder.state()
}

fn numbers() -> RecordBatch {
    table(8).project(&[1, 3]).unwrap()
}

fn limited(limits: Limits) -> Context {
    Context::with("attack", limits, Arc::new(Silent))
}

/// A plugin that can still be used after one of its instances has failed.
fn assert_well(plugin: &Plugin) {
    let rows = numbers();
    let context = Context::new("again");
    let mut folder = plugin
        .folder(&context, r#"{ "attack": "none" }"#, &rows.schema())
        .unwrap();
    let rows = project(&rows, folder.columns());
    folder.update(&rows).unwrap();
    folder.state().unwrap();
}

#[test]
fn a_loop_without_end_ends_with_its_time() {
    let time = Duration::from_millis(50);
    let limits = Limits {
        time,
        ..Limits::default()
    };
    let error = attack("endless-loop", &limited(limits)).unwrap_err();
    assert!(error.hint().unwrap().contains("timeout = "));
    assert!(
        error
            .to_string()
            .ends_with("did not finish within its time limit of 50ms"),
        "{error}"
    );
    assert!(matches!(failure(error), Failure::TimedOut(limit) if limit == time));
    assert_well(&hostile());
}

#[test]
fn a_loop_without_end_ends_with_its_time_when_its_sandbox_is_gone() {
    let rows = numbers();
    let limits = Limits {
        time: Duration::from_millis(200),
        ..Limits::default()
    };
    let params = r#"{ "attack": "endless-loop" }"#;
    let sandbox = Sandbox::new(Options {
        cache: Some(compiled()),
        ..Options::default()
    })
    .unwrap();
    let plugin = sandbox.load(&hostile_bytes()).unwrap();
    let folder = plugin.folder(&limited(limits), params, &rows.schema());
    let mut folder = folder.unwrap();
    drop((plugin, sandbox));
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let rows = project(&rows, folder.columns());
        let _ = tell.send(folder.update(&rows));
    });
    let Ok(updated) = told.recv_timeout(Duration::from_secs(60)) else {
        panic!("nobody ends it");
    };
    let failed = failure(updated.unwrap_err());
    assert!(matches!(failed, Failure::TimedOut(_)), "{failed}");
}

#[test]
fn talk_without_end_ends_with_its_time() {
    let limits = Limits {
        time: Duration::from_millis(50),
        ..Limits::default()
    };
    let failed = failure(attack("endless-talk", &limited(limits)).unwrap_err());
    assert!(matches!(failed, Failure::TimedOut(_)), "{failed}");
}

#[test]
fn a_step_without_time_left_does_not_begin() {
    let limits = Limits {
        time: Duration::ZERO,
        ..Limits::default()
    };
    let failed = failure(attack("none", &limited(limits)).unwrap_err());
    assert!(matches!(failed, Failure::TimedOut(_)), "{failed}");
}

#[test]
fn another_thread_can_cancel() {
    /// Tells when the plugin is at work.
    struct Started(Mutex<mpsc::Sender<()>>);
    impl Listener for Started {
        fn log(&self, _: Level, _: &str) {
            // Nobody waits for the second line.
            let _ = self.0.lock().unwrap().send(());
        }
    }
    let (sender, started) = mpsc::channel();
    let cancel = CancelToken::default();
    let listener = Arc::new(Started(Mutex::new(sender)));
    let context = Context::with("attack", Limits::default(), listener).with_cancel(cancel.clone());
    let attack = thread::spawn(move || attack("endless-talk", &context).unwrap_err());
    started.recv().unwrap();
    cancel.cancel();
    let failed = failure(attack.join().unwrap());
    assert!(matches!(failed, Failure::Cancelled), "{failed}");
}

#[test]
fn what_was_cancelled_does_not_begin() {
    let cancel = CancelToken::default();
    cancel.cancel();
    let context = Context::new("attack").with_cancel(cancel);
    let failed = failure(attack("none", &context).unwrap_err());
    assert!(matches!(failed, Failure::Cancelled), "{failed}");
}

#[test]
fn memory_without_end_ends_at_the_limit() {
    let memory_bytes = 32 << 20;
    let limits = Limits {
        memory_bytes,
        ..Limits::default()
    };
    let error = attack("endless-memory", &limited(limits)).unwrap_err();
    assert!(error.hint().unwrap().contains("memory = "));
    match failure(error) {
        Failure::OutOfMemory { requested, limit } => {
            assert_eq!(limit, memory_bytes);
            assert!(requested > limit);
        }
        other => panic!("{other}"),
    }
    assert_well(&hostile());
}

#[test]
fn a_plugin_that_is_larger_than_its_memory_does_not_begin() {
    let limits = Limits {
        memory_bytes: 64 << 10,
        ..Limits::default()
    };
    let failed = failure(attack("none", &limited(limits)).unwrap_err());
    assert!(
        matches!(failed, Failure::OutOfMemory { limit: 65_536, .. }),
        "{failed}"
    );
}

#[test]
fn a_state_that_is_too_large_is_not_taken() {
    let rows = table(64);
    let limits = Limits {
        returned_bytes: 256,
        ..Limits::default()
    };
    let params = r#"{ "columns": ["n", "x", "s"] }"#;
    let mut folder = standard("drift")
        .folder(&limited(limits), params, &rows.schema())
        .unwrap();
    let rows = project(&rows, folder.columns());
    folder.update(&rows).unwrap();
    let failed = failure(folder.state().unwrap_err());
    assert!(matches!(failed, Failure::TooMuchReturned(256)), "{failed}");
}

#[test]
fn only_so_many_lines_are_heard() {
    #[derive(Default)]
    struct Count(AtomicUsize);
    impl Listener for Count {
        fn log(&self, _: Level, message: &str) {
            let is_cut = message.len() <= 4;
            assert!(
                is_cut || message.starts_with("further log lines"),
                "{message}"
            );
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let heard = Arc::new(Count::default());
    let limits = Limits {
        log_lines: 17,
        text_bytes: 4,
        ..Limits::default()
    };
    attack("much-talk", &Context::with("attack", limits, heard.clone())).unwrap();
    // And one that says that there are more.
    assert_eq!(heard.0.load(Ordering::Relaxed), 18);
}

#[test]
fn a_panic_arrives_with_its_words() {
    let error = attack("panic-in-update", &Context::new("attack")).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("plugin test:hostile@0.1.0 in step `attack`: "),
        "{text}"
    );
    assert!(text.contains("a panic in `update`"), "{text}");
    assert!(matches!(
        failure(error),
        Failure::Trapped {
            last_words: Some(_),
            ..
        }
    ));
    assert_well(&hostile());
}

#[test]
fn what_was_emitted_is_held_until_nobody_has_it() {
    const ECHO: &str = r#"{ "encode": [], "others": "pass_through" }"#;
    let column: ArrayRef = Arc::new(Float64Array::from(vec![0.5; 1 << 20]));
    let rows = RecordBatch::try_from_iter([("x", column)]).unwrap();
    let plugin = standard("preprocess");
    let budget = Arc::new(MemoryBudget::new(Some(200 << 20)));
    let context = Context::new("echo").with_memory(budget);
    let folder = plugin.folder(&context, ECHO, &rows.schema());
    let state = folder.unwrap().state().unwrap();
    let echo = |times: usize| {
        let mut transformer = plugin.transformer(&context, ECHO, &state, &rows.schema())?;
        let emitted = (0..times).map(|_| transformer.apply(&rows));
        emitted.collect::<Result<Vec<_>, _>>()
    };
    // Eight megabytes each.
    let some = echo(10).unwrap();
    let error = echo(20).unwrap_err();
    assert!(matches!(error, Error::OverBudget(_)), "{error}");
    // A column is as good as all of them.
    let column = some[0][0].column(0).clone();
    drop(some);
    assert_eq!(echo(12).unwrap().len(), 12);
    assert_eq!(column.len(), rows.num_rows());
}
