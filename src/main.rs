//! The program `shouwen`: reads the command line and hands over.

fn main() -> anyhow::Result<std::process::ExitCode> {
    shouwen::cli::run()
}
