//! Call detail records: one row for each attempt, told when the channel ends.

use super::Simulation;
use super::channel::Id;
use crate::packet::Packet;

/// How many rows a channel keeps; older ones are dropped.
const ROWS: usize = 16;

#[derive(Debug, Clone)]
pub(crate) struct Record {
    destination: String,
    context: String,
    dest_channel: String,
    app: (&'static str, String),
    start: u64,
    answer: Option<u64>,
    end: Option<u64>,
    disposition: &'static str,
}

/// "2026-11-24 02:34:46", in UTC.
pub(super) fn date(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Howard Hinnant's civil_from_days, for days after 1970.
    let z = days + 719_468;
    let era = z / 146_097;
    let doe = z % 146_097;
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60)
}

/// "2026-11-24", in UTC.
pub(super) fn day(ms: u64) -> String {
    date(ms).chars().take(10).collect()
}

impl Simulation {
    pub(super) fn begin_record(&mut self, id: Id, dest: Option<Id>) {
        let dest_channel =
            dest.and_then(|d| self.channels.get(&d)).map(|c| c.name.clone()).unwrap_or_default();
        let now = self.now;
        self.change(id, |c| {
            if let Some(open) = c.records.iter_mut().find(|row| row.end.is_none()) {
                open.end = Some(now);
            }
            if c.records.len() >= ROWS {
                c.records.remove(0);
            }
            c.records.push(Record {
                destination: c.exten.clone(),
                context: c.context.clone(),
                dest_channel,
                app: c.app.clone(),
                start: now,
                answer: None,
                end: None,
                disposition: "NO ANSWER",
            });
        });
    }

    pub(super) fn record_answered(&mut self, id: Id) {
        let now = self.now;
        self.change(id, |c| {
            if let Some(row) = c.records.last_mut() {
                (row.answer, row.disposition) = (Some(now), "ANSWERED");
            }
        });
    }

    pub(super) fn record_failed(&mut self, id: Id, status: &'static str) {
        let now = self.now;
        self.change(id, |c| {
            if let Some(row) = c.records.last_mut().filter(|row| row.end.is_none()) {
                row.end = Some(now);
                row.disposition = if status == "BUSY" { "BUSY" } else { "NO ANSWER" };
            }
        });
    }

    /// Tells the rows of a channel that ends.
    pub(super) fn tell_records(&mut self, id: Id) {
        let Some(channel) = self.channels.get(&id) else { return };
        let rows = channel.records.clone();
        let (source, name, uid, own) =
            (channel.id.number.clone(), channel.id.name.clone(), channel.uid.clone(), channel.name.clone());
        for row in rows {
            let end = row.end.unwrap_or(self.now);
            let packet = Packet::event("Cdr")
                .with("AccountCode", "")
                .with("Source", &source)
                .with("Destination", row.destination)
                .with("DestinationContext", row.context)
                .with("CallerID", format!("\"{name}\" <{source}>"))
                .with("Channel", &own)
                .with("DestinationChannel", row.dest_channel)
                .with("LastApplication", row.app.0)
                .with("LastData", row.app.1)
                .with("StartTime", date(row.start))
                .with("AnswerTime", row.answer.map(date).unwrap_or_default())
                .with("EndTime", date(end))
                .with("Duration", (end - row.start) / 1_000)
                .with("BillableSeconds", row.answer.map_or(0, |answer| (end - answer) / 1_000))
                .with("Disposition", row.disposition)
                .with("AMAFlags", "DOCUMENTATION")
                .with("UniqueID", &uid)
                .with("UserField", "");
            self.emit(packet, "cdr,all");
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_date_is_written_as_asterisk_writes_it() {
        assert_eq!(super::date(1_795_487_686_000), "2026-11-24 02:34:46");
        assert_eq!(super::date(951_782_400_000), "2000-02-29 00:00:00");
    }
}
