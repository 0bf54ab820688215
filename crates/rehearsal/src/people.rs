//! What the office's people file says: departments and further numbers, which no telephone system knows. Names and
//! extensions are those of the setup.

use crate::setup::{Seat, Setup};
use std::fmt::Write as _;

/// The departments, by the first extension of each.
const GROUPS: [(&str, &str); 7] = [
    ("1001", "Reception"),
    ("1002", "Management"),
    ("1005", "Support"),
    ("1010", "Sales"),
    ("1016", "Accounts"),
    ("1022", "Workshop"),
    ("1032", "Design"),
];

/// The people file of the rehearsal office, as CSV: everybody with their department, many with a mobile.
pub fn people_file() -> String {
    let mut text = "name,extensions,group,Mobile\n".to_owned();
    for Seat { number, name, .. } in &Setup::office().seats {
        let group =
            GROUPS.iter().rev().find(|(first, _)| *first <= number.as_str()).map_or("", |(_, group)| group);
        // Two of three have a mobile.
        let mobile = match number.parse::<u32>() {
            Ok(number) if number % 3 != 1 => format!("5559{number:04}"),
            _ => String::new(),
        };
        // Writing to a text does not fail.
        let _ = writeln!(text, "{name},{number},{group},{mobile}");
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn everybody_is_in_a_department_and_no_name_breaks_the_table() {
        let text = super::people_file();
        assert_eq!(text.lines().count(), 41);
        assert!(text.lines().all(|line| line.split(',').count() == 4));
        assert!(text.contains("\nFront Desk,1001,Reception,55591001\n"), "{text}");
        assert!(text.contains("\nAoife O'Sullivan,1006,Support,\n"), "{text}");
        assert!(text.contains(",1040,Design,55591040\n"), "{text}");
    }
}
