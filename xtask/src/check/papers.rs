//! Holds the papers to the files: what a link leads to and what is named with its path must be there. What the papers
//! say about them is for people to judge.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, Result};

use crate::{job, workspace};

/// What the papers name and is not there, one sentence each.
pub fn faults() -> Result<Vec<String>> {
    let mut git = std::process::Command::new("git");
    git.current_dir(workspace::root());
    let list = git.args(["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"]);
    let list =
        job::output(list).context("the check of the papers asks git for the files; run it in a clone")?;
    let there: BTreeSet<&Path> = list.lines().map(Path::new).flat_map(Path::ancestors).collect();
    let mut found = Vec::new();
    for paper in list.lines().filter(|file| file.ends_with(".md")) {
        let Ok(text) = fs::read_to_string(workspace::root().join(paper)) else { continue };
        let folder = Path::new(paper).parent().unwrap_or(Path::new(""));
        for (number, line) in text.lines().enumerate() {
            let absent = absent(line, folder, &there);
            found
                .extend(absent.into_iter().map(|name| format!("{paper}:{}: there is no {name}", number + 1)));
        }
    }
    Ok(found)
}

/// What one line names and is not there: targets of links, from the paper's own folder; and in backquotes the paths of
/// Rust files, from the root.
fn absent(line: &str, folder: &Path, there: &BTreeSet<&Path>) -> Vec<String> {
    let links = line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let links = links.map(|target| target.split('#').next().unwrap_or_default());
    let links = links.filter(|target| !target.is_empty() && !target.contains("://"));
    let quoted = line.split('`').skip(1).step_by(2);
    let files = quoted.filter(|name| name.contains('/') && name.ends_with(".rs") && !name.contains(' '));
    let links = links.map(|target| folder.join(target));
    let all = links.chain(files.map(|name| Path::new(name).to_owned()));
    all.filter(|path| !there.contains(path.as_path())).map(|path| path.display().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_starts_at_the_paper_and_a_named_file_at_the_root() {
        let there = BTreeSet::from(["docs/a.md", "src/a.rs", "src", ""].map(Path::new));
        let docs = Path::new("docs");
        let line =
            "[a](a.md), [b](b.md#part), [c](https://x/y.md), [d](#part), `src/a.rs`, `src/b.rs`, `b.rs`";
        assert_eq!(absent(line, docs, &there), ["docs/b.md", "src/b.rs"]);
        assert_eq!(absent("![A picture](docs/a.md)", Path::new(""), &there), [""; 0]);
    }
}
