//! Which clock the program asks. Debug builds may be given one of their own, for tests of child processes.

use std::sync::Arc;

use shouwen_core::time::{Clock, SystemClock};

/// The machine's clock; in debug builds the one in the file that `SHOUWEN_CLOCK_FILE` names, if any.
pub fn from_environment() -> Arc<dyn Clock> {
    #[cfg(debug_assertions)]
    if let Some(file) = std::env::var_os("SHOUWEN_CLOCK_FILE") {
        return Arc::new(file_clock::FileClock::new(file.into()));
    }
    Arc::new(SystemClock)
}

#[cfg(debug_assertions)]
mod file_clock {
    use std::path::PathBuf;

    use shouwen_core::time::{Clock, SystemClock, Timestamp};

    /// Reads the time, in milliseconds since 1970, from a file whenever it is asked.
    pub(super) struct FileClock(PathBuf);

    impl FileClock {
        pub(super) fn new(file: PathBuf) -> Self {
            Self(file)
        }
    }

    impl Clock for FileClock {
        fn now(&self) -> Timestamp {
            let millis = std::fs::read_to_string(&self.0)
                .ok()
                .and_then(|text| text.trim().parse().ok());
            // A file that is not there yet, or half written, is no reason to stand still.
            millis.map_or_else(|| SystemClock.now(), Timestamp::from_millis)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_time_is_what_the_file_says() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("clock");
            let clock = FileClock::new(file.clone());
            assert!(clock.now() > Timestamp::from_millis(1_000));
            std::fs::write(&file, "1000\n").unwrap();
            assert_eq!(clock.now(), Timestamp::from_millis(1_000));
        }
    }
}
