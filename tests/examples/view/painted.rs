//! How long it takes until an office that a desk is told for the first time is on the screen.

use crate::OFFICES;
use crate::probe::{self, Place};
use anyhow::Result;
use frontdesk_bench::figures::{Figure, Samples, quick};
use frontdesk_tests::big::BigOffice;

/// From the snapshot to the frame that shows it.
pub async fn first_office(place: Place) -> Result<Vec<Figure>> {
    let mut rows = Vec::new();
    for (phones, calls, line) in OFFICES {
        let office = BigOffice::open(phones, calls).await?;
        let [mut all, mut script] = [(); 2].map(|()| Samples::default());
        for _ in 0..if quick() { 1 } else { 5 } {
            let view = probe::open(place, &office).await?;
            view.filled(phones).await?;
            let seen = view.painted().await?;
            all.push(seen.all);
            script.push(seen.script);
            view.close().await?;
        }
        let what = format!("{phones} phones, {calls} calls: snapshot read to painted, {place}");
        rows.push(Figure::at_most("P7", what, &all, line, "ms"));
        let parts = format!("script {script} ms");
        rows.push(Figure::told("P7", format!("of which, {phones} phones, {place}"), parts));
    }
    Ok(rows)
}
