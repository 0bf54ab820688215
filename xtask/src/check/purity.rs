//! Proves that the pure crates stay pure: what cargo itself resolves for them holds no runtime, no socket and no
//! source of randomness, and their own code names no clock, file, thread or environment.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use cargo_metadata::{MetadataCommand, Package};

use super::sources;
use crate::{job, workspace};

/// A crate without input and output, and the part of it that is allowed to have some.
struct Pure {
    package: &'static str,
    /// Folder or file stem below `src` that only exists behind a feature which is not counted here.
    except: Option<&'static str>,
}

const PURE: [Pure; 4] = [
    Pure { package: "frontdesk-ami", except: Some("client") },
    Pure { package: "frontdesk-protocol", except: None },
    Pure { package: "frontdesk-switchboard", except: None },
    Pure { package: "frontdesk-console", except: None },
];

const BANNED_CRATES: [&str; 8] =
    ["tokio", "async-std", "async-io", "smol", "mio", "socket2", "getrandom", "reqwest"];

const BANNED_WORDS: [&str; 9] = [
    "std::net",
    "std::fs",
    "std::thread",
    "std::env",
    "Instant::now",
    "SystemTime::now",
    "async fn",
    "async move",
    // Not impure by itself, but it hides from this check which file a module is.
    "#[path",
];

/// What is not pure, one sentence each.
pub fn faults() -> Result<Vec<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(workspace::root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo metadata does not understand the workspace")?;
    let mut faults = Vec::new();
    for pure in &PURE {
        let package = metadata.packages.iter().find(|package| package.name == pure.package);
        let package = package.with_context(|| format!("the workspace has no package {}", pure.package))?;
        faults.extend(banned_crates(pure.package, &resolved(pure.package)?));
        faults.extend(words_in(pure, package)?);
    }
    Ok(faults)
}

/// The normal dependencies that cargo resolves for one package on every platform, without its default features.
/// (`cargo metadata` knows only the union of what all members switch on, so the tree is asked.)
fn resolved(package: &str) -> Result<String> {
    let mut tree = workspace::cargo();
    tree.args(["tree", "-p", package, "--no-default-features", "--edges", "normal,no-proc-macro"]);
    tree.args(["--target", "all", "--prefix", "none", "--format", "{p}"]);
    job::output(&mut tree)
}

fn banned_crates(package: &str, tree: &str) -> Vec<String> {
    let mut found: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    found.sort_unstable();
    found.dedup();
    let banned = found.into_iter().filter(|name| BANNED_CRATES.contains(name));
    banned
        .map(|name| {
            format!("{package} depends on {name}; `cargo tree -p {package} --no-default-features -i {name}` shows how")
        })
        .collect()
}

fn words_in(pure: &Pure, package: &Package) -> Result<Vec<String>> {
    let manifest = package.manifest_path.as_std_path();
    let source = manifest.parent().context("a manifest lies in a folder")?.join("src");
    let mut texts = BTreeMap::new();
    for file in sources::below(&source)? {
        let inside = file.strip_prefix(&source).unwrap_or(&file).to_owned();
        texts.insert(inside, fs::read_to_string(&file)?);
    }
    let only_in_tests = only_in_tests(&texts);
    let mut faults = Vec::new();
    for (file, text) in &texts {
        let excepted = pure.except.is_some_and(|except| is_part(file, except));
        if excepted || only_in_tests.iter().any(|module| file.with_extension("").starts_with(module)) {
            continue;
        }
        for (number, word) in banned_words(sources::production(text)) {
            faults.push(format!(
                "{}/src/{}:{number}: a pure crate uses {word}",
                pure.package,
                file.display()
            ));
        }
    }
    Ok(faults)
}

/// The modules that a build without tests does not have, as paths below `src` without extension. The compiler looks
/// for a module at the path of the module that declares it (`#[path]` is banned here), so the declaration proves it;
/// no name of a file or folder does.
fn only_in_tests(texts: &BTreeMap<PathBuf, String>) -> Vec<PathBuf> {
    let declared = texts.iter().flat_map(|(file, text)| {
        let roots = ["lib.rs", "main.rs"].map(Path::new);
        let folder = if roots.contains(&file.as_path()) { PathBuf::new() } else { file.with_extension("") };
        sources::test_modules(text).into_iter().map(move |name| folder.join(name))
    });
    declared.collect()
}

fn is_part(file: &Path, of: &str) -> bool {
    file.with_extension("").starts_with(of)
}

/// Line and word of each banned word outside comments.
fn banned_words(text: &str) -> Vec<(usize, &'static str)> {
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.flat_map(|(at, line)| {
        BANNED_WORDS.into_iter().filter(move |word| line.contains(word)).map(move |word| (at + 1, word))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banned_crate_is_named_once_and_a_namesake_is_not() {
        let tree =
            "frontdesk-ami v0.1.0 (/x)\ntokio v1.52.0\ntokio-util v0.7.0\nmemchr v2.7.0\ntokio v1.52.0 (*)\n";
        let faults = banned_crates("frontdesk-ami", tree);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].starts_with("frontdesk-ami depends on tokio;"), "{}", faults[0]);
    }

    #[test]
    fn words_count_in_code_and_not_in_comments() {
        let text = "//! Never calls Instant::now.\nfn f() {\n    // std::fs is not for us\n    let t = Instant::now();\n}\n";
        assert_eq!(banned_words(text), [(4, "Instant::now")]);
    }

    #[test]
    fn the_part_behind_a_feature_is_its_file_and_its_folder() {
        let cases =
            [("client.rs", true), ("client/tls.rs", true), ("clients.rs", false), ("frame/client.rs", false)];
        for (file, want) in cases {
            assert_eq!(is_part(Path::new(file), "client"), want, "{file}");
        }
    }

    #[test]
    fn a_file_is_only_in_tests_when_it_is_declared_so_and_not_because_of_its_name() {
        let texts = BTreeMap::from(
            [
                ("lib.rs", "mod model;\n#[cfg(test)]\nmod tests;\n"),
                ("model.rs", "#[cfg(test)]\nmod bench;\nmod tests;\n"),
                ("model/bench.rs", ""),
                ("model/tests.rs", ""),
                ("tests.rs", "mod legs;\n"),
                ("tests/legs.rs", ""),
            ]
            .map(|(file, text)| (PathBuf::from(file), text.to_owned())),
        );
        assert_eq!(only_in_tests(&texts), [PathBuf::from("tests"), PathBuf::from("model/bench")]);
    }
}
