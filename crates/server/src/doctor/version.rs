//! Which Asterisk it is, and whether a hole is known in it that matters to a manager account. Not a list of all holes.

use super::{Ask, Finding, Question};

/// Asks for the version and judges it.
pub async fn look(pbx: &mut impl Ask) -> Finding {
    let reply = pbx.ask(Question { action: "CoreSettings", fields: Vec::new() }).await;
    match reply.as_ref().map(|reply| reply.first.field("AsteriskVersion")) {
        None | Some("") => Finding::warn("version", "the PBX does not tell its version."),
        Some(version) => judge(version),
    }
}

/// Judges a version: CVE-2024-42365 lets a manager account with `originate` run programs; it was closed in 18.24.2,
/// 20.9.2 and 21.4.2 (Asterisk advisory GHSA-c4cg-9275-6w44).
pub fn judge(version: &str) -> Finding {
    let mut parts = version.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse::<u32>().unwrap_or(0));
    let triple = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    let closed = match triple.0 {
        18 => Some((18, 24, 2)),
        20 => Some((20, 9, 2)),
        21 => Some((21, 4, 2)),
        _ => None,
    };
    match closed {
        _ if triple.0 < 18 || triple.0 == 19 => Finding::warn(
            "version",
            format!("Asterisk {version} is no longer maintained and not tested with. Update to Asterisk 22."),
        ),
        Some(closed) if triple < closed => Finding::warn(
            "version",
            format!(
                "Asterisk {version} has a hole with which every manager account may run programs on the PBX \
                 (CVE-2024-42365). Update to {}.{}.{} or newer.",
                closed.0, closed.1, closed.2
            ),
        ),
        _ => Finding::ok("version", format!("Asterisk {version}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Grade;

    #[test]
    fn versions_with_a_known_hole_and_old_ones_are_named() {
        for (version, grade) in [
            ("22.10.1~dfsg+~cs6.16.60671435-1", Grade::Ok),
            ("20.9.2", Grade::Ok),
            ("20.9.1", Grade::Warn),
            ("18.9-cert1", Grade::Warn),
            ("16.28.0", Grade::Warn),
            ("21.4.2", Grade::Ok),
        ] {
            assert_eq!(judge(version).grade, grade, "{version}");
        }
    }
}
