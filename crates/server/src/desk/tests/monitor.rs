//! What a monitor reads over HTTP: whether the server is well, and its numbers.

use super::*;

/// The value of a number, 0 where it is not there yet.
async fn number(bench: &Bench, name: &str) -> u64 {
    let answer = bench.http("GET /metrics", "", "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let value = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(0, |value| value.parse().unwrap())
}

#[tokio::test]
async fn health_is_good_while_desks_are_served_and_readiness_only_with_a_pbx() {
    let bench = Bench::new().await;
    let health = async || bench.http("GET /healthz", "", "").await;
    let ready = async || bench.http("GET /readyz", "", "").await;
    assert!(health().await.starts_with("HTTP/1.1 200"));
    assert!(ready().await.starts_with("HTTP/1.1 503"));
    bench.hub.publish(link(1));
    for answer in [health().await, ready().await] {
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with(r#"{"status":"ok","pbx":"up","desks":0}"#), "{answer}");
    }
    bench.stop.send_replace(Some("Back soon.".into()));
    for answer in [health().await, ready().await] {
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.ends_with(r#"{"status":"stopping","pbx":"up","desks":0}"#), "{answer}");
    }
}

#[tokio::test]
async fn what_desks_do_is_counted_and_nothing_of_calls_is_told() {
    let bench = Bench::new().await;
    bench.hub.publish(Office::default().changes_to(&specimen::office()));
    let token = bench.log_in("anna").await;
    let mut socket = bench.desk(&token, None).await;
    let ServerMessage::Ready { epoch, .. } = hear(&mut socket).await else { panic!() };
    let ServerMessage::Snapshot { seq, .. } = hear(&mut socket).await else { panic!() };
    assert_eq!(number(&bench, "frontdesk_desks").await, 1);
    assert_eq!(number(&bench, "frontdesk_ami_up").await, 0);
    assert_eq!(number(&bench, "frontdesk_snapshots_total").await, 1);
    say(&mut socket, &ClientMessage::Resync { why: ResyncCause::Gap }).await;
    let ServerMessage::Snapshot { .. } = hear(&mut socket).await else { panic!() };
    assert_eq!(number(&bench, "frontdesk_resyncs_total{why=\"gap\"}").await, 1);
    assert_eq!(number(&bench, "frontdesk_snapshots_total").await, 2);
    bench.hub.publish(link(1));
    let mut again = bench.desk(&token, Some(Resume { epoch, seq })).await;
    let ServerMessage::Ready { resumed: true, .. } = hear(&mut again).await else { panic!() };
    assert_eq!(number(&bench, "frontdesk_resumes_total").await, 1);
    assert_eq!(number(&bench, "frontdesk_deltas_total").await, 2);
    assert_eq!(number(&bench, "frontdesk_ami_up").await, 1);
    let all = bench.http("GET /metrics", "", "").await;
    let kind = "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert!(all.contains(kind) && all.ends_with("# EOF\n"), "{all}");
    for private in ["1001", "anna", "030123456", &token] {
        assert!(!all.contains(private), "{private} is in\n{all}");
    }
}

#[tokio::test]
async fn whoever_comes_through_a_proxy_does_not_read_the_numbers() {
    let bench = Bench::new().await;
    let answer = bench.http("GET /metrics", "X-Forwarded-For: 203.0.113.9\r\n", "").await;
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains(r#""code":"notAMonitor""#), "{answer}");
}
