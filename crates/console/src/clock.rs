//! Instants and durations as short texts. The zone is given from outside; there is no clock here.

use frontdesk_protocol::Millis;

const DAY: i64 = 86_400_000;

/// How instants are read at this desk: local minutes east of UTC at an instant, and the server's lead over our clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Minutes east of UTC at an instant.
    pub zone: fn(Millis) -> i32,
    /// The server's clock minus this machine's, in milliseconds.
    pub lead: i64,
    /// This machine's clock, at the last event that told it.
    pub local: Millis,
}

impl Clock {
    /// A clock at the epoch.
    pub fn new(zone: fn(Millis) -> i32) -> Self {
        Self { zone, lead: 0, local: Millis(0) }
    }

    /// The server's time now.
    pub fn server(&self) -> Millis {
        Millis(self.local.0.saturating_add(self.lead))
    }

    /// Local time of day of an instant of this machine's clock: `10:42`.
    pub fn minute(&self, at: Millis) -> String {
        let (h, m, _) = self.of_day(at);
        format!("{h:02}:{m:02}")
    }

    /// Local time of day with seconds: `10:42:07`.
    pub fn second(&self, at: Millis) -> String {
        let (h, m, s) = self.of_day(at);
        format!("{h:02}:{m:02}:{s:02}")
    }

    /// When a row's call was: today its time, this week its day and time, else its date and time.
    pub fn when(&self, at: Millis) -> String {
        let (day, today) = (self.day(at), self.day(self.local));
        let minute = self.minute(at);
        match today - day {
            ..=0 => minute,
            1 => format!("Yesterday {minute}"),
            2..=6 => format!("{} {minute}", WEEKDAYS[usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)]),
            _ => {
                let (year, month, date) = civil(day);
                let month = MONTHS[usize::try_from(month - 1).unwrap_or(0)];
                if civil(today).0 == year {
                    format!("{date} {month} {minute}")
                } else {
                    format!("{date} {month} {year}")
                }
            }
        }
    }

    fn wall(&self, at: Millis) -> i64 {
        at.0.saturating_add(i64::from((self.zone)(at)) * 60_000)
    }

    fn day(&self, at: Millis) -> i64 {
        self.wall(at).div_euclid(DAY)
    }

    fn of_day(&self, at: Millis) -> (i64, i64, i64) {
        let seconds = self.wall(at).rem_euclid(DAY) / 1000;
        (seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A length of time as `0:07`, `12:34`, `1:02:03`.
pub fn duration(millis: u64) -> String {
    let seconds = millis / 1000;
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
fn civil(day: i64) -> (i64, i64, i64) {
    let mut year = 1970 + day.div_euclid(366);
    let start = |year: i64| {
        let y = year - 1;
        365 * (year - 1970) + (y.div_euclid(4) - 492) - (y.div_euclid(100) - 19) + (y.div_euclid(400) - 4)
    };
    while start(year + 1) <= day {
        year += 1;
    }
    let mut rest = day - start(year);
    let leap = i64::from(start(year + 1) - start(year) == 366);
    for (month, length) in (1..).zip([31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        if rest < length {
            return (year, month, rest + 1);
        }
        rest -= length;
    }
    (year, 12, 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(20_781), (2026, 11, 24));
        assert_eq!(civil(11_016), (2000, 2, 29));
    }

    #[test]
    fn a_row_says_today_s_time_else_the_day() {
        let mut clock = Clock::new(|_| 60);
        let now = Millis(20_781 * DAY + 10 * 3_600_000);
        clock.local = now;
        let back = |days: i64| clock.when(Millis(now.0 - days * DAY));
        assert_eq!([back(0), back(1)], ["11:00", "Yesterday 11:00"]);
        assert_eq!([back(2), back(30), back(400)], ["Sun 11:00", "25 Oct 11:00", "20 Oct 2025"]);
    }

    #[test]
    fn durations_are_short() {
        assert_eq!([duration(7_900), duration(754_000), duration(3_723_000)], ["0:07", "12:34", "1:02:03"]);
    }
}
