//! `shouwen openapi`: the document from which clients are made.

use std::io::Write;
use std::process::ExitCode;

use crate::http::router;

pub(super) fn print() -> anyhow::Result<ExitCode> {
    let text = router::document().to_pretty_json()?;
    writeln!(std::io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}
