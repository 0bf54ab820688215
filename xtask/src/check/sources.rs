//! Rules about source files that no lint knows: a heading in every file, no endless files, no test that sleeps or is
//! switched off, nothing of others copied in. It reads text; what a compiler can decide is left to the compiler.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::{job, workspace};

/// More lines of production code than this are more than one concern.
const LONGEST: usize = 600;

// In two parts each, so that this file does not accuse itself.
const SLEEP: &str = concat!("sleep", "(");
const SWITCHED_OFF: &str = concat!("#[", "ignore");
/// Folders in which package managers put what others wrote.
const OF_OTHERS: [&str; 4] = ["node_modules", "site-packages", "vendor", ".venv"];
const UNWRITTEN: [&str; 2] = [concat!("to", "do!("), concat!("unimple", "mented!(")];

/// What is wrong with the project's source files, one sentence each, with file and line.
pub fn faults() -> Result<Vec<String>> {
    let mut found: Vec<_> = tracked(&[])?.iter().filter_map(|file| copied_in(file)).collect();
    for file in tracked(&["*.rs"])? {
        let path = workspace::root().join(&file);
        // A file that git still knows and that is being moved away is nobody's fault.
        if path.is_file() {
            let text =
                fs::read_to_string(&path).with_context(|| format!("{} is not UTF-8 text", file.display()))?;
            found.extend(faults_in(&file, &text));
        }
    }
    Ok(found)
}

/// The files that git tracks, and those that it would; all, or those of these patterns.
fn tracked(patterns: &[&str]) -> Result<Vec<PathBuf>> {
    let mut git = std::process::Command::new("git");
    git.current_dir(workspace::root());
    git.args(["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--"])
        .args(patterns);
    let list = job::output(&mut git).context("the source check asks git for the files; run it in a clone")?;
    Ok(list.lines().map(PathBuf::from).collect())
}

/// What is wrong with a file that a package manager put there.
fn copied_in(file: &Path) -> Option<String> {
    let folder = file.iter().find(|part| OF_OTHERS.iter().any(|name| part == name))?;
    let (file, folder) = (file.display(), folder.display());
    Some(format!(
        "{file}:1: what others wrote is fetched by its package manager, not committed; ignore {folder}"
    ))
}

fn faults_in(file: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fault = |line: usize, what: &str| found.push(format!("{}:{line}: {what}", file.display()));
    if !text.starts_with("//!") {
        fault(1, "begins without `//!`: what is it, and what is it deliberately not?");
    }
    let only_tests = is_test_file(file);
    let production = if only_tests { "" } else { production(text) };
    let length = production.lines().count();
    if length > LONGEST {
        fault(
            length,
            &format!("{length} lines of production code, more than {LONGEST}; split it by concern"),
        );
    }
    for (at, line) in text.lines().enumerate() {
        let line_number = at + 1;
        let code = line.split("//").next().unwrap_or_default();
        if line_number > length && code.contains(SLEEP) {
            fault(line_number, "a test sleeps; wait for a condition with a deadline");
        }
        if code.contains(SWITCHED_OFF) {
            fault(line_number, "a test is switched off; mend it or remove it");
        }
        if UNWRITTEN.iter().any(|word| code.contains(word)) {
            fault(line_number, "something is not written yet");
        }
    }
    found
}

/// Whether a whole file is test code: it lies in a folder of tests, or is the module of them.
fn is_test_file(file: &Path) -> bool {
    file.iter().any(|part| part == "tests") || file.file_stem().is_some_and(|stem| stem == "tests")
}

/// The part of a file before its module of tests.
pub fn production(text: &str) -> &str {
    let mut rest = 0;
    while let Some(at) = text[rest..].find("#[cfg(test)]\n") {
        let begin = rest + at;
        let after = &text[begin + "#[cfg(test)]\n".len()..];
        let item = after.lines().find(|line| !line.starts_with("#[")).unwrap_or_default();
        if (begin == 0 || text[..begin].ends_with('\n')) && item.starts_with("mod ") && item.ends_with('{') {
            return &text[..begin];
        }
        rest = begin + 1;
    }
    text
}

/// The names of the modules in files of their own that only exist under `#[cfg(test)]`.
pub fn test_modules(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut only_in_tests = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") || line.starts_with("//") {
            only_in_tests |= line == "#[cfg(test)]";
            continue;
        }
        let name = line.strip_suffix(';').and_then(|item| item.rsplit_once("mod ")).map(|(_, name)| name);
        found.extend(name.filter(|_| only_in_tests));
        only_in_tests = false;
    }
    found
}

/// All Rust files below a folder, in order.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn faults_of(file: &str, text: &str) -> Vec<String> {
        faults_in(Path::new(file), text)
    }

    #[test]
    fn what_others_wrote_is_not_committed() {
        let of = |file: &str| copied_in(Path::new(file));
        let fault = of("bench/peers/node_modules/ami-io/index.js").unwrap();
        assert!(fault.contains("node_modules") && fault.contains("package manager"), "{fault}");
        assert_eq!(of("bench/peers/package.json"), None);
        assert_eq!(of("crates/bench/src/vendors.rs"), None);
    }

    #[test]
    fn a_file_without_heading_is_named() {
        assert_eq!(faults_of("a.rs", "//! Fine.\nfn f() {}\n"), [""; 0]);
        assert!(faults_of("a.rs", "fn f() {}\n")[0].starts_with("a.rs:1: begins without"));
        assert_eq!(faults_of("a.rs", "").len(), 1);
    }

    #[test]
    fn only_production_code_counts_towards_the_length() {
        let long = |lines: usize| format!("//! Long.\n{}", "fn f() {}\n".repeat(lines - 1));
        assert_eq!(faults_of("a.rs", &long(LONGEST)), [""; 0]);
        assert!(faults_of("a.rs", &long(LONGEST + 1))[0].starts_with("a.rs:601: 601 lines"));
        assert_eq!(faults_of("tests/a.rs", &long(900)), [""; 0]);
        let tested = format!("//! A.\n\n#[cfg(test)]\nmod tests {{\n{}}}\n", "    fn f() {}\n".repeat(900));
        assert_eq!(faults_of("a.rs", &tested), [""; 0]);
    }

    #[test]
    fn sleeping_is_for_production_code_only() {
        let line = format!("    std::thread::{SLEEP}pause);\n");
        assert_eq!(faults_of("a.rs", &format!("//! A.\nfn f() {{\n{line}}}\n")), [""; 0]);
        let inside = format!("//! A.\n#[cfg(test)]\nmod tests {{\n{line}}}\n");
        assert!(faults_of("a.rs", &inside)[0].starts_with("a.rs:4: a test sleeps"));
        assert_eq!(faults_of("tests/src/a.rs", &format!("//! A.\n{line}")).len(), 1);
        assert_eq!(faults_of("tests/src/a.rs", &format!("//! A.\n// {line}")), [""; 0]);
    }

    #[test]
    fn tests_switched_off_and_code_not_written_are_faults_everywhere() {
        let text = format!("//! A.\n{SWITCHED_OFF}]\n{}\"later\")\n", UNWRITTEN[0]);
        assert_eq!(faults_of("a.rs", &text).len(), 2);
    }

    #[test]
    fn a_lone_test_item_does_not_end_the_production_code() {
        let text = "//! A.\n#[cfg(test)]\nmod tests;\nfn f() {}\n";
        assert_eq!(production(text), text);
        let text = "//! A.\nfn f() {}\n#[cfg(test)]\n#[path = \"x.rs\"]\nmod tests {\n}\n";
        assert_eq!(production(text), "//! A.\nfn f() {}\n");
    }

    #[test]
    fn a_module_is_of_tests_when_its_own_declaration_says_so() {
        let text = "mod a;\n#[cfg(test)]\nmod b;\nmod c;\n#[cfg(test)]\n// why\n#[rustfmt::skip]\npub(crate) mod d;\n\
                    #[cfg(feature = \"x\")]\nmod e;\n#[cfg(test)]\nuse std::fs;\nmod f;\n#[cfg(test)]\nmod g {\n}\n";
        assert_eq!(test_modules(text), ["b", "d"]);
    }
}
