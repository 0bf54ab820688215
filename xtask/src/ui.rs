//! Builds the view: `frontdesk-ui` for wasm32, bound to JavaScript, beside the static files, in `ui/dist`, and the
//! large files of a release compressed in `ui/packed`.
//! It uses the binding library itself, so no bundler has to be installed and its version is the one in `Cargo.lock`.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use anyhow::{Context as _, Result};
use clap::Args;
use libdeflater::{CompressionLvl, Compressor};
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{job, wasm, workspace};

/// The package, and the first part of the names of the files it becomes.
const NAME: &str = "frontdesk-ui";

/// Files of at least so many bytes are compressed.
const PACKED: usize = 2_048;

/// Which of the two builds of the view.
#[derive(Clone, Copy, Debug, Args)]
pub struct Build {
    /// Small and optimised, as it is shipped. Without it the build is quick and the file large.
    #[arg(long)]
    pub release: bool,
}

impl Build {
    /// The quick one.
    pub const QUICK: Self = Self { release: false };

    fn profile(self) -> &'static str {
        if self.release { "wasm-release" } else { "dev" }
    }

    fn folder(self) -> &'static str {
        if self.release { "wasm-release" } else { "debug" }
    }
}

/// Builds `ui/dist`; files that did not change keep their time, so that nothing behind them is built again.
///
/// # Errors
/// When there is no Rust for wasm, the view does not compile, or the disk cannot be written.
pub fn build(build: Build) -> Result<()> {
    let rust = wasm::ensure(wasm::Way::Auto)?;
    let target = workspace::target().join("wasm");
    let mut cargo = workspace::cargo();
    rust.apply(&mut cargo);
    cargo.env("CARGO_TARGET_DIR", &target).env("CARGO_ENCODED_RUSTFLAGS", remaps().join("\u{1f}")).args([
        "build",
        "-p",
        NAME,
        "--bin",
        NAME,
        "--target",
        wasm::TARGET,
        "--profile",
        build.profile(),
    ]);
    job::run(&format!("building the view ({})", build.profile()), &mut cargo)?;
    let wasm = target.join(wasm::TARGET).join(build.folder()).join(format!("{NAME}.wasm"));
    let bound = target.join("bound").join(build.folder());
    bind(&wasm, &bound, build).context("binding the view to JavaScript")?;
    let dist = workspace::root().join("ui/dist");
    gather(&[&bound, &workspace::root().join("ui/static")], &dist)
        .with_context(|| format!("filling {}", dist.display()))?;
    let packed = workspace::root().join("ui/packed");
    // The server is compiled with the folder, also where there is nothing in it yet.
    fs::create_dir_all(&packed)?;
    if build.release {
        pack(&dist, &packed).context("compressing the view")?;
    }
    Ok(())
}

/// Compresses the large files of the page for the server, which sends what a browser takes: the names, the beginning of
/// the hash of what each was made of, and the ending. What is there already is not made again, and what is old goes.
fn pack(dist: &Path, into: &Path) -> Result<()> {
    let mut wanted = Vec::new();
    for name in files(dist)? {
        let plain = fs::read(dist.join(&name))?;
        if plain.len() < PACKED {
            continue;
        }
        let hash: String = Sha256::digest(&plain).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let named = |ending: &str| PathBuf::from(format!("{}.{hash}.{ending}", name.display()));
        if !into.join(named("br")).is_file() {
            let mut packed = Vec::new();
            let parameters =
                brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
            brotli::BrotliCompress(&mut plain.as_slice(), &mut packed, &parameters)?;
            fs::write(into.join(named("br")), packed)?;
        }
        if !into.join(named("gz")).is_file() {
            let mut packer = Compressor::new(CompressionLvl::best());
            let mut packed = vec![0; packer.gzip_compress_bound(plain.len())];
            let bytes = packer.gzip_compress(&plain, &mut packed)?;
            packed.truncate(bytes);
            fs::write(into.join(named("gz")), packed)?;
        }
        wanted.extend([named("br"), named("gz")]);
    }
    for old in files(into)?.iter().filter(|name| !wanted.contains(name)) {
        fs::remove_file(into.join(old))?;
    }
    Ok(())
}

/// Makes sure that there is a page which the programs can embed, so that they compile before the view was ever built.
///
/// # Errors
/// When the disk cannot be written.
pub fn placeholder() -> Result<()> {
    let root = workspace::root();
    let page = root.join("ui/dist/index.html");
    fs::create_dir_all(root.join("ui/packed"))?;
    if page.exists() {
        return Ok(());
    }
    fs::create_dir_all(root.join("ui/dist"))?;
    fs::copy(root.join("src-tauri/placeholder.html"), &page)
        .with_context(|| format!("writing {}", page.display()))?;
    Ok(())
}

/// Runs wasm-bindgen, unless it already ran on this very file.
fn bind(wasm: &Path, into: &Path, build: Build) -> Result<()> {
    let about = fs::metadata(wasm).with_context(|| format!("{} was not built", wasm.display()))?;
    let time = about.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
    let stamp = format!("{} {time}", about.len());
    let stamp_file = into.with_extension("stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        return Ok(());
    }
    if into.exists() {
        fs::remove_dir_all(into)?;
    }
    fs::create_dir_all(into)?;
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).web(true)?.typescript(false).out_name(NAME);
    bindgen.remove_name_section(build.release).remove_producers_section(true);
    bindgen.generate(into)?;
    fs::write(stamp_file, stamp)?;
    Ok(())
}

/// Makes `into` hold exactly the files of the folders `from`, a later folder winning, touching only what differs.
fn gather(from: &[&Path], into: &Path) -> Result<()> {
    let mut wanted = BTreeMap::new();
    for dir in from {
        if dir.is_dir() {
            wanted.extend(files(dir)?.into_iter().map(|name| (name.clone(), dir.join(name))));
        }
    }
    fs::create_dir_all(into)?;
    for name in files(into)? {
        if !wanted.contains_key(&name) {
            fs::remove_file(into.join(name))?;
        }
    }
    for (name, source) in wanted {
        let (target, content) = (into.join(name), fs::read(&source)?);
        if fs::read(&target).is_ok_and(|old| old == content) {
            continue;
        }
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(target, content)?;
    }
    Ok(())
}

/// All files below a folder, as paths relative to it.
fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(dir.join(&at))? {
            let entry = entry?;
            let name = at.join(entry.file_name());
            if entry.file_type()?.is_dir() { open.push(name) } else { found.push(name) }
        }
    }
    Ok(found)
}

/// Flags that keep the paths of this machine out of the file.
fn remaps() -> Vec<String> {
    let mut flags = registry_remaps();
    flags.push(format!("--remap-path-prefix={}=.", workspace::root().display()));
    flags
}

/// The same for the sources of the dependencies.
pub fn registry_remaps() -> Vec<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let Ok(sources) = home.join("registry/src").read_dir() else { return Vec::new() };
    let mut flags: Vec<String> = sources
        .flatten()
        .map(|dir| format!("--remap-path-prefix={}=/crates", dir.path().display()))
        .collect();
    // One order on every run, or cargo sees other flags and builds everything again.
    flags.sort();
    flags
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn gathering_copies_what_differs_removes_what_is_gone_and_leaves_the_rest_alone() {
        let dir = workspace::logs().join("own").join(format!("gather-{}", std::process::id()));
        let (a, b, into) = (dir.join("a"), dir.join("b"), dir.join("into"));
        for folder in [&a.join("deep"), &b, &into] {
            fs::create_dir_all(folder).unwrap();
        }
        for (file, text) in
            [("a/deep/x.js", "x"), ("a/same", "1"), ("b/same", "2"), ("into/old", "o"), ("into/kept", "k")]
        {
            fs::write(dir.join(file), text).unwrap();
        }
        fs::write(a.join("kept"), "k").unwrap();
        let before = fs::metadata(into.join("kept")).unwrap().modified().unwrap();
        gather(&[&a, &b, &dir.join("absent")], &into).unwrap();
        let mut names = files(&into).unwrap();
        names.sort();
        assert_eq!(names, ["deep/x.js", "kept", "same"].map(PathBuf::from));
        assert_eq!(fs::read_to_string(into.join("same")).unwrap(), "2");
        assert_eq!(fs::metadata(into.join("kept")).unwrap().modified().unwrap(), before);
        fs::remove_dir_all(dir).unwrap();
    }
}
