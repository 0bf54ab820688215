//! Makes every icon that the bundler and the tray want out of the drawings in `icons/*.svg`. The results are kept in
//! the project, so building needs no renderer.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

use crate::{job::say, workspace};

/// The application's icon: file and width in pixels, as Tauri's bundler names them.
const PICTURES: [(&str, u32); 5] =
    [("32x32.png", 32), ("64x64.png", 64), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)];

/// The tray's pictures; the desktop scales them down to 16 to 48 pixels.
const TRAY: [&str; 3] = ["tray", "tray-ringing", "tray-offline"];
const TRAY_WIDTH: u32 = 64;

const ICO_WIDTHS: [u32; 6] = [16, 24, 32, 48, 64, 256];
const ICNS_WIDTHS: [u32; 6] = [16, 32, 64, 128, 256, 512];

/// Draws all of them.
///
/// # Errors
/// When a drawing is missing or is not SVG, or a file cannot be written.
pub fn draw() -> Result<()> {
    let dir = workspace::root().join("icons");
    let icon = read(&dir.join("icon.svg"))?;
    for (name, width) in PICTURES {
        write_png(&dir.join(name), &render(&icon, width)?)?;
    }
    write_ico(&dir.join("icon.ico"), &icon)?;
    write_icns(&dir.join("icon.icns"), &icon)?;
    for name in TRAY {
        let drawing = read(&dir.join(name).with_extension("svg"))?;
        write_png(&dir.join(name).with_extension("png"), &render(&drawing, TRAY_WIDTH)?)?;
    }
    say(&format!("{} files drawn in icons/", PICTURES.len() + TRAY.len() + 2));
    Ok(())
}

/// A square picture: 8-bit red, green, blue and unmultiplied alpha, row by row.
struct Picture {
    width: u32,
    rgba: Vec<u8>,
}

fn read(drawing: &Path) -> Result<Tree> {
    let svg = fs::read(drawing).with_context(|| format!("cannot read {}", drawing.display()))?;
    Tree::from_data(&svg, &Options::default())
        .with_context(|| format!("{} is not a drawing", drawing.display()))
}

fn render(drawing: &Tree, width: u32) -> Result<Picture> {
    let mut pixmap = Pixmap::new(width, width).context("an icon has a width")?;
    let size = drawing.size();
    let scale = Transform::from_scale(width as f32 / size.width(), width as f32 / size.height());
    resvg::render(drawing, scale, &mut pixmap.as_mut());
    let pixels = pixmap.pixels().iter().map(|pixel| pixel.demultiply());
    let rgba = pixels.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]).collect();
    Ok(Picture { width, rgba })
}

fn write_png(to: &Path, picture: &Picture) -> Result<()> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width, picture.width);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(&picture.rgba)?;
    write(to, &file)
}

fn write_ico(to: &Path, icon: &Tree) -> Result<()> {
    let mut all = ico::IconDir::new(ico::ResourceType::Icon);
    for width in ICO_WIDTHS {
        let picture = render(icon, width)?;
        let image = ico::IconImage::from_rgba_data(width, width, picture.rgba);
        all.add_entry(ico::IconDirEntry::encode(&image)?);
    }
    let mut file = Vec::new();
    all.write(&mut file)?;
    write(to, &file)
}

fn write_icns(to: &Path, icon: &Tree) -> Result<()> {
    let mut all = icns::IconFamily::new();
    for width in ICNS_WIDTHS {
        let picture = render(icon, width)?;
        all.add_icon(&icns::Image::from_data(icns::PixelFormat::RGBA, width, width, picture.rgba)?)?;
    }
    let mut file = Vec::new();
    all.write(&mut file)?;
    write(to, &file)
}

fn write(to: &Path, content: &[u8]) -> Result<()> {
    fs::write(to, content).with_context(|| format!("cannot write {}", to.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn drawn(name: &str, width: u32) -> Picture {
        render(&read(&workspace::root().join("icons").join(name)).unwrap(), width).unwrap()
    }

    #[test]
    fn an_icon_has_clear_corners_and_a_light_bell_on_a_dark_tile_at_16_pixels() {
        let picture = drawn("icon.svg", 16);
        let at = |x: usize, y: usize| &picture.rgba[(y * 16 + x) * 4..][..4];
        assert!(at(0, 0)[3] < 128, "the corner is rounded");
        assert!(at(8, 9)[..3].iter().all(|channel| *channel > 240), "the bell is white");
        assert!(at(2, 4)[..3].iter().all(|channel| *channel < 120), "the tile is dark");
    }

    #[test]
    fn the_three_tray_pictures_differ_at_16_pixels_even_without_colour() {
        let grey = |name: &str| -> Vec<i32> {
            let picture = drawn(&format!("{name}.svg"), 16);
            let pixels = picture.rgba.chunks_exact(4);
            pixels.map(|p| (3 * i32::from(p[0]) + 6 * i32::from(p[1]) + i32::from(p[2])) / 10).collect()
        };
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            let (one, other) = (grey(TRAY[a]), grey(TRAY[b]));
            let apart = one.iter().zip(&other).filter(|(x, y)| (*x - *y).abs() > 48).count();
            assert!(apart >= 24, "{} and {} differ in {apart} of 256 pixels", TRAY[a], TRAY[b]);
        }
    }

    #[test]
    fn the_configuration_names_only_icons_that_are_there() {
        let conf = fs::read_to_string(workspace::root().join("tauri.conf.json")).unwrap();
        for name in PICTURES.map(|(name, _)| name).into_iter().chain(["icon.ico", "icon.icns"]) {
            assert!(conf.contains(&format!("icons/{name}")), "{name}");
            assert!(workspace::root().join("icons").join(name).metadata().unwrap().len() > 100, "{name}");
        }
    }
}
