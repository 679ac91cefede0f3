//! What a server does beside answering: jobs, timers, and fetching mail.

use crate::app::App;
use crate::intake::mailboxes;
use crate::jobs::Runner;
use crate::{sending, timers, webhooks};

/// Starts the work of this server; it runs until the process stops.
pub fn start(app: &App) {
    sending::warn_when_unset(app);
    webhooks::keep_following(app);
    let of_jobs = app.clone();
    app.supervisor.keep("jobs", move |stop| {
        let runner = Runner::new(of_jobs.clone());
        async move { Ok(runner.run(stop).await?) }
    });
    let of_mailboxes = app.clone();
    app.supervisor.keep("mailboxes", move |stop| {
        let app = of_mailboxes.clone();
        async move { Ok(mailboxes::run(&app, stop).await?) }
    });
    let of_timers = app.clone();
    app.supervisor.keep("timers", move |stop| {
        let app = of_timers.clone();
        async move { Ok(timers::run(&app, stop).await?) }
    });
}
