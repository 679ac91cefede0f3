//! `shouwen config check` as whoever runs a server meets it: what it prints, what it refuses, how it ends.

use std::process::{Command, Output};

/// Exit code of a configuration that is wrong.
const WRONG: Option<i32> = Some(2);

fn check(args: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_shouwen"))
        .args(["config", "check"])
        .args(args)
        .env_remove("SHOUWEN_CONFIG")
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

fn printed(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_file_that_the_environment_names_holds_and_its_secrets_are_not_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.toml");
    let text = "[http]\nlisten = \"127.0.0.1:4711\"\n[oauth]\ngoogle_client_secret = \"geheim1\"\n\
                microsoft_client_secret = \"geheim2\"\n[mail]\nsmtp_password = \"geheim3\"\n";
    std::fs::write(&file, text).unwrap();
    let named = [
        ("SHOUWEN_CONFIG", file.to_str().unwrap()),
        ("SHOUWEN__BLOBS__S3_SECRET_KEY", "geheim4"),
    ];
    let output = check(&["--set", "workers.jobs=3"], &named);
    let (out, errors) = (printed(&output.stdout), printed(&output.stderr));
    assert!(output.status.success(), "{errors}");
    assert!(
        out.contains("127.0.0.1:4711") && out.contains("jobs = 3"),
        "{out}"
    );
    assert!(
        !out.contains("geheim") && !errors.contains("geheim"),
        "{out}{errors}"
    );
}

#[test]
fn a_wrong_configuration_is_told_with_its_place_and_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.toml");
    std::fs::write(&file, "[mail]\nsmtp_port = 25\nsmtp_passwort = \"geheim\"\n").unwrap();
    let file = file.to_str().unwrap();
    let output = check(&["--config", file], &[]);
    let errors = printed(&output.stderr);
    assert_eq!(output.status.code(), WRONG, "{errors}");
    assert!(
        errors.contains(&format!("{file}:3: there is no key mail.smtp_passwort")),
        "{errors}"
    );
    assert!(output.stdout.is_empty() && !errors.contains("geheim"), "{errors}");

    let output = check(&[], &[("SHOUWEN__WORKERS__JOBS", "many")]);
    let errors = printed(&output.stderr);
    assert_eq!(output.status.code(), WRONG, "{errors}");
    assert!(errors.contains("SHOUWEN__WORKERS__JOBS"), "{errors}");

    let output = check(&["--config", "/nowhere/desk.toml"], &[]);
    assert_eq!(output.status.code(), WRONG);
    assert!(printed(&output.stderr).contains("/nowhere/desk.toml"));
}
