//! Some of the machine's cores, for what is to be measured on as many: to hand a program one thread
//! to compute with does not keep it from reading ahead, or hashing, on another core.

use anyhow::Result;

/// Until it is dropped, this thread and all threads and processes that it starts share so many cores;
/// on other systems than Linux, those that there are.
pub(super) struct Cores {
    #[cfg(target_os = "linux")]
    before: rustix::thread::CpuSet,
}

#[cfg(target_os = "linux")]
impl Cores {
    /// The first of those that this thread may use.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn only(number: usize) -> Result<Self> {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let before = sched_getaffinity(None)?;
        let mut some = CpuSet::new();
        let cores = (0..CpuSet::MAX_CPU).filter(|core| before.is_set(*core));
        cores.take(number).for_each(|core| some.set(core));
        sched_setaffinity(None, &some)?;
        Ok(Self { before })
    }
}

#[cfg(target_os = "linux")]
impl Drop for Cores {
    fn drop(&mut self) {
        // These are the cores that it had, so that there is nothing to refuse; if the system does,
        // what follows is measured on fewer.
        let _ = rustix::thread::sched_setaffinity(None, &self.before);
    }
}

#[cfg(not(target_os = "linux"))]
impl Cores {
    /// As many as there are.
    pub(super) fn only(_number: usize) -> Result<Self> {
        Ok(Self {})
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::thread::available_parallelism;

    use super::Cores;

    #[test]
    fn threads_that_are_started_have_no_more() {
        let all = available_parallelism().unwrap();
        let cores = Cores::only(1).unwrap();
        let of_thread = std::thread::spawn(available_parallelism).join().unwrap();
        assert_eq!(of_thread.unwrap().get(), 1);
        drop(cores);
        assert_eq!(available_parallelism().unwrap(), all);
    }
}
