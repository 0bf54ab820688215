//! What is drawn, as plain data: cards, tiles, rows, notes. Two equal values look the same.

use super::Console;
use crate::cards::{CardView, card};
use crate::handed::mine;
use crate::history::HistoryRow;
use crate::link::Lamp;
use crate::orders::{Note, Subject, Tone};
use crate::texts;
use crate::tiles::{TileRow, TileView, tile};
use frontdesk_protocol::{HandedState, Person};
use std::rc::Rc;

impl Console {
    /// The cards of My Stream, top to bottom.
    pub fn cards(&self) -> Vec<CardView> {
        let (chosen, unknown) = (self.moving.leg(), self.unknown());
        self.stream
            .order
            .iter()
            .filter_map(|leg| self.stream.leg(&self.office, leg))
            .map(|(call, leg)| CardView {
                chosen: chosen == Some(&leg.id),
                tab: self.stream.focus.as_ref() == Some(&leg.id),
                ..card(&self.office, call, leg, &self.orders, unknown.as_deref())
            })
            .collect()
    }

    /// How many people there are beside the viewer that fit the search.
    pub fn found(&self) -> usize {
        self.roster.len()
    }

    /// The tiles of all other people that fit the search.
    pub fn tiles(&self) -> Vec<TileView> {
        let row = self.tile_rows(self.found().max(1), [0]).pop();
        row.map(|row| row.tiles.iter().map(|tile| TileView::clone(tile)).collect()).unwrap_or_default()
    }

    /// Some rows of tiles, where so many stand side by side.
    pub fn tile_rows(&self, columns: usize, rows: impl IntoIterator<Item = usize>) -> Vec<TileRow> {
        let (unknown, tab, open) = (self.unknown(), self.tab_tile(), self.moving.open());
        let tile = |person: &Person| {
            let mut view = tile(&self.office, person, unknown.clone());
            view.tab = tab.as_ref() == Some(&person.id);
            view.selected = self.history.person.as_ref() == Some(&person.id);
            if self.moving.leg().is_some() {
                let targets = self.targets_for(&person.id);
                view.dim = !targets.iter().any(|target| target.order.is_ok());
                view.open = open.filter(|(id, _)| **id == person.id).map(|(_, at)| (targets, at));
                view.other = view.open.is_some() && self.other.is_wanted();
            }
            Rc::new(view)
        };
        let row = |at: usize| {
            let places = at * columns..(at + 1) * columns;
            let tiles: Vec<_> = places.filter_map(|at| self.roster.get(at)).map(|it| tile(it)).collect();
            (!tiles.is_empty()).then_some(TileRow { at, tiles })
        };
        rows.into_iter().filter_map(row).collect()
    }

    /// The places of the tiles that are drawn wherever the grid is scrolled to: what Tab reaches, and what is open.
    pub fn kept_tiles(&self) -> impl Iterator<Item = usize> {
        let open = self.moving.open().and_then(|(person, _)| self.roster.place(&self.office, person));
        let tab = self.tab_tile().and_then(|person| self.roster.place(&self.office, &person));
        [tab, open].into_iter().flatten()
    }

    /// What is said instead of a state while the facts are stale: since when nothing is known.
    pub(super) fn unknown(&self) -> Option<String> {
        let light = self.light();
        (light.lamp != Lamp::Live).then(|| {
            let minute = light.since.as_deref().map(|since| since.get(..5).unwrap_or(since).to_owned());
            let minute = minute.or_else(|| self.link.lived.map(|at| self.clock.minute(at)));
            texts::unknown_since(minute.as_deref())
        })
    }

    /// The rows of the history.
    pub fn rows(&self) -> Vec<HistoryRow> {
        self.some_rows(0..self.history.entries.len()).into_iter().map(|(_, row)| row).collect()
    }

    /// Some rows of the history, each with its place.
    pub fn some_rows(&self, places: impl IntoIterator<Item = usize>) -> Vec<(usize, HistoryRow)> {
        self.history.rows(places, &self.clock, &self.orders)
    }

    /// Notes that have no card or row of their own any more, newest first: what was handed over, and what failed.
    pub fn loose_notes(&self) -> Vec<Note> {
        let handed = mine(&self.office, self.mine());
        let mut notes: Vec<Note> = self
            .orders
            .notes()
            .filter(|note| match &note.subject {
                // Where there is a row it says the same, and goes on saying it.
                Subject::Leg(leg) if let Some(handed) = self.handed.of_card(leg, &handed) => {
                    let back =
                        matches!(handed.state, HandedState::Returning { .. } | HandedState::Back { .. });
                    note.tone == Tone::Failed && !back && !self.stream.order.contains(leg)
                }
                Subject::Leg(leg) => !self.stream.order.contains(leg),
                Subject::Handed(id) => note.tone == Tone::Failed && !self.handed.order.contains(id),
                Subject::Row(row) => !self.history.entries.iter().any(|entry| entry.id == *row),
                Subject::Desk | Subject::Tel | Subject::Remark(_) => true,
            })
            .cloned()
            .chain(self.waiting_note())
            .collect();
        notes.sort_by_key(|note| std::cmp::Reverse(note.at));
        notes
    }

    /// The remarks about this computer and about a link that was followed, which stand beside the login form too.
    pub fn remarks(&self) -> Vec<Note> {
        let remark = |note: &&Note| matches!(note.subject, Subject::Remark(_) | Subject::Tel);
        self.orders.notes().filter(remark).cloned().chain(self.waiting_note()).collect()
    }

    /// Whose history is shown, as its heading.
    pub fn history_title(&self) -> String {
        let person = self.history.person.as_ref().and_then(|id| self.office.people.get(id));
        texts::history_of(person.map(|person| person.name.as_str()))
    }
}
