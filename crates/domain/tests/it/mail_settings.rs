//! Settings of how mail is handled: DMARC of what comes in, and where events about mail are reported to.

use reeve_domain::mail_settings::{
    EmailMonitoring, InboundDmarc, remove_email_monitoring, set_email_monitoring, set_inbound_dmarc,
    show_email_monitoring, show_inbound_dmarc,
};

use crate::calls_settings::LOG_GROUP;
use crate::harness::{invalid, on_each_engine, refused};

const ROLE: &str = "arn:aws:iam::123456789012:role/events";

fn monitoring(role: Option<&str>) -> EmailMonitoring {
    EmailMonitoring { log_group_arn: LOG_GROUP.to_owned(), role_arn: role.map(str::to_owned) }
}

#[tokio::test]
async fn dmarc_is_enforced_until_somebody_says_otherwise() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let globex = world.foreign_org("globex").await;
        let shown = async || show_inbound_dmarc(&acme.ctx, acme.id()).await.unwrap().enforced;
        let set = async |enforced| {
            // Events of one moment have no order.
            world.clock.advance(std::time::Duration::from_millis(1));
            set_inbound_dmarc(&acme.ctx, acme.id(), InboundDmarc { enforced }).await.unwrap()
        };
        assert!(shown().await);
        let events = world.events().await.len();
        assert!(set(true).await.enforced);
        assert_eq!(world.events().await.len(), events, "it was so already");
        assert!(!set(false).await.enforced && !shown().await);
        assert!(!set(false).await.enforced);
        assert!(set(true).await.enforced && shown().await);
        let changes: Vec<_> = world.events().await.drain(..2).flat_map(|event| event.changes).collect();
        let changes: Vec<_> = changes.iter().map(|c| (c.before.as_deref(), c.after.as_deref())).collect();
        assert_eq!(changes, [(Some("false"), Some("true")), (Some("true"), Some("false"))]);
        assert_eq!(world.events().await.len(), events + 2);
        assert!(show_inbound_dmarc(&globex.ctx, globex.id()).await.unwrap().enforced);
    })
    .await;
}

#[tokio::test]
async fn monitoring_is_set_shown_and_removed() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let shown = async || show_email_monitoring(&acme.ctx, acme.id()).await;
        let error = refused(shown().await, "not_found");
        assert_eq!(error.to_string(), "there is no email monitoring configuration \"acme\"");
        let events = world.events().await.len();
        remove_email_monitoring(&acme.ctx, acme.id()).await.unwrap();
        assert_eq!(world.events().await.len(), events);
        for (number, role) in [None, Some(ROLE), Some(ROLE), None].into_iter().enumerate() {
            let set = set_email_monitoring(&acme.ctx, acme.id(), monitoring(role)).await.unwrap();
            assert_eq!((&set, &shown().await.unwrap()), (&monitoring(role), &monitoring(role)), "{number}");
        }
        assert_eq!(world.events().await.len(), events + 3);
        remove_email_monitoring(&acme.ctx, acme.id()).await.unwrap();
        refused(shown().await, "not_found");
        assert_eq!(world.events().await.len(), events + 4);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_name_of_amazons_is_refused() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for wrong in ["", "mail", LOG_GROUP.trim_end_matches(":*")] {
            let wrong = EmailMonitoring { log_group_arn: wrong.to_owned(), role_arn: None };
            invalid(set_email_monitoring(&acme.ctx, acme.id(), wrong).await, "log_group_arn");
        }
        for wrong in ["", "events", LOG_GROUP] {
            invalid(set_email_monitoring(&acme.ctx, acme.id(), monitoring(Some(wrong))).await, "role_arn");
        }
        refused(show_email_monitoring(&acme.ctx, acme.id()).await, "not_found");
    })
    .await;
}
