//! How lists leave on the command line: as a table for people, as CSV for a spreadsheet, as a JSON object a line for
//! programs. What stands in them was said by strangers, so nothing of it reaches a terminal or a spreadsheet as an order.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use frontdesk_protocol::Millis;
use frontdesk_protocol::text::{breaks, turns};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit, ZonedDateTime};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Stdout, Write as _};

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns to look at.
    Table,
    /// A spreadsheet's text, with a heading; what could be a formula begins with an apostrophe.
    Csv,
    /// One JSON object a line.
    Json,
}

/// A list on its way out.
pub struct Report {
    format: Format,
    heading: &'static [&'static str],
    /// Rows of a table wait here: the widths are known when all are there.
    rows: Vec<Vec<String>>,
    out: BufWriter<Stdout>,
}

impl Report {
    /// An empty list with this heading.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(format: Format, heading: &'static [&'static str]) -> io::Result<Self> {
        let mut report = Self { format, heading, rows: Vec::new(), out: BufWriter::new(io::stdout()) };
        if format == Format::Csv {
            report.csv(heading.iter().map(ToString::to_string))?;
        }
        Ok(report)
    }

    /// Adds a row: its cells, and the same as a value for programs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn row(&mut self, cells: Vec<String>, value: &impl Serialize) -> io::Result<()> {
        match self.format {
            Format::Table => {
                self.rows.push(cells.iter().map(|cell| plain(cell)).collect());
                Ok(())
            }
            Format::Csv => self.csv(cells.iter().map(|text| cell(text))),
            Format::Json => writeln!(self.out, "{}", json(value)?),
        }
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self) -> io::Result<()> {
        if self.format == Format::Table {
            let heading = self.heading.iter().map(ToString::to_string).collect();
            let rows: Vec<_> = std::iter::once(heading).chain(std::mem::take(&mut self.rows)).collect();
            write!(self.out, "{}", table(&rows))?;
        }
        self.out.flush()
    }

    fn csv(&mut self, cells: impl Iterator<Item = String>) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(&mut self.out);
        writer.write_record(cells.map(String::into_bytes)).map_err(io::Error::other)?;
        writer.flush()
    }
}

/// Takes it as no failure that who reads the list has seen enough of it (`| head`).
///
/// # Errors
/// Any other.
pub fn printed(done: io::Result<()>) -> Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.context("the list cannot be printed"),
    }
}

/// A time as people here read it, to the second.
pub fn local(at: Millis) -> String {
    zoned(at).map_or_else(|| at.0.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// A time for programs, RFC 3339 with the offset of this machine.
pub fn exact(at: Millis) -> String {
    zoned(at).map_or_else(|| at.0.to_string(), |at| at.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string())
}

/// Since when: a span back from `now` (`90m`, `24h`, `7d`), a day (`2026-11-25`) or a time (`2026-11-25 13:05`), both by
/// this machine's clock.
///
/// # Errors
/// A sentence when it is none of them.
pub fn since(text: &str, now: Millis) -> Result<Millis> {
    let back = text.strip_suffix(['m', 'h', 'd']).and_then(|number| number.parse::<i64>().ok());
    if let Some(number) = back {
        let unit = match text.chars().last() {
            Some('m') => 60_000,
            Some('h') => 3_600_000,
            _ => 86_400_000,
        };
        return Ok(Millis(now.0.saturating_sub(number.saturating_mul(unit))));
    }
    let day = text.parse::<jiff::civil::Date>().map(|day| day.at(0, 0, 0, 0));
    let Ok(time) = text.parse::<DateTime>().or(day) else {
        bail!(
            "this is no time: {}. Write for example 24h, 7d, 2026-11-25 or \"2026-11-25 13:05\"",
            plain(text)
        );
    };
    Ok(Millis(time.to_zoned_datetime(TimeZone::system())?.timestamp().as_millisecond()))
}

fn zoned(at: Millis) -> Option<ZonedDateTime> {
    let at = Timestamp::from_millisecond(at.0).ok()?.to_zoned_datetime(TimeZone::system());
    at.round(Unit::Millisecond).ok()
}

/// The text without anything that a terminal would obey or that would turn its order round.
fn plain(text: &str) -> String {
    text.chars().map(|c| if is_order(c) { '\u{fffd}' } else { c }).collect()
}

fn is_order(c: char) -> bool {
    breaks(c) || turns(c)
}

/// A cell of a spreadsheet, as OWASP's "CSV Injection" wants it: with an apostrophe before what could be a formula.
fn cell(text: &str) -> String {
    let formula = text
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let text = plain(text);
    if formula { format!("'{text}") } else { text }
}

fn json(value: &impl Serialize) -> io::Result<String> {
    let text = serde_json::to_string(value)?;
    // JSON needs only the first 32 escaped; a terminal obeys more. All of these can stand only inside a string.
    Ok(text.chars().fold(String::new(), |mut safe, c| {
        if is_order(c) {
            // Writing to a text does not fail.
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
        safe
    }))
}

fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    rows.iter().fold(String::new(), |mut text, row| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(line.trim_end());
        text.push('\n');
        text
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn nothing_that_a_spreadsheet_takes_for_a_formula_begins_a_cell() {
        for text in ["=1+1", "+4930123", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\u{ff1d}1"] {
            assert!(cell(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(cell("Ms = Visitor"), "Ms = Visitor");
        assert_eq!(cell("030123456"), "030123456");
    }

    #[test]
    fn no_character_that_a_terminal_obeys_is_printed_in_any_form() {
        let hostile = "a\u{1b}[2J\u{7}\r\n\u{9b}31m\u{7f}\u{202e}b\u{2066}";
        for text in [plain(hostile), cell(hostile), json(&hostile).unwrap(), table(&[vec![plain(hostile)]])] {
            assert!(!text.trim_end().chars().any(is_order), "{text:?}");
        }
        let back: String = serde_json::from_str(&json(&hostile).unwrap()).unwrap();
        assert_eq!(back, hostile, "programs get it whole");
    }

    #[test]
    fn times_are_spans_days_or_instants() {
        let now = Millis(1_000_000_000_000);
        assert_eq!(since("90m", now).unwrap(), Millis(now.0 - 90 * 60_000));
        assert_eq!(since("24h", now).unwrap(), Millis(now.0 - 86_400_000));
        assert_eq!(since("7d", now).unwrap(), Millis(now.0 - 7 * 86_400_000));
        let day = since("2026-11-25", now).unwrap();
        assert_eq!(since("2026-11-25 00:05", now).unwrap(), day.plus(5 * 60_000));
        assert!(local(day).starts_with("2026-11-25 00:00:00"), "{}", local(day));
        assert_eq!(exact(day.plus(7)).get(..23), Some("2026-11-25T00:00:00.007"));
        let refused = since("yester\u{1b}day", now).unwrap_err().to_string();
        assert!(
            refused.starts_with("this is no time: yester\u{fffd}day. Write for example 24h"),
            "{refused}"
        );
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows =
            [vec!["a".to_owned(), "long".into(), "x".into()], vec!["bbb".into(), "c".into(), String::new()]];
        assert_eq!(table(&rows), "a    long  x\nbbb  c\n");
    }
}
