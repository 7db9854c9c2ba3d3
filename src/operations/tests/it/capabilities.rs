//! The capability gate: what the vendor or the installation lacks is refused before any call.

use bytes::Bytes;
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_operations::Check;

use crate::people::{b1_ref, failure, unlocked};
use crate::world::{World, intent};

fn missing() -> Check {
    let failure = failure(FailureKind::NotSupported(Capability::TrustUnlock));
    Check { name: "trust_unlock", capability: Some(Capability::TrustUnlock), outcome: Err(failure) }
}

fn fine() -> Check {
    Check { name: "credentials", capability: None, outcome: Ok(()) }
}

#[tokio::test]
async fn what_the_vendor_lacks_is_refused_with_its_reason() {
    let world = World::open().await;
    world.erp.lacks(Capability::TrustUnlock);
    let read = world.operations.trust_unlock_state(&world.visit(), &b1_ref(), |_| Bytes::new()).await.unwrap_err();
    let act = world.unlock(&intent("k1")).await.unwrap_err();
    for refused in [read, act] {
        assert_eq!(refused.kind(), FailureKind::NotSupported(Capability::TrustUnlock));
        assert_eq!(refused.detail(), "The scripted ERP lacks it.");
    }
}

#[tokio::test]
async fn what_an_installation_was_seen_to_lack_is_remembered_until_it_is_verified_anew() {
    let world = World::open().await;
    world.erp.verify.then(Ok(vec![fine(), missing()])).then(Ok(vec![fine()]));
    world.erp.unlock_state.usually(Ok(unlocked()));
    let visit = world.visit();
    let state = async |visit| world.operations.trust_unlock_state(visit, &b1_ref(), |_| Bytes::new()).await;
    assert!(state(&visit).await.is_ok());
    world.later(std::time::Duration::from_secs(1));

    let verification = world.operations.verify(&visit).await;
    assert!(!verification.holds() && verification.checks.len() == 2);
    assert_eq!(state(&visit).await.unwrap_err().kind(), FailureKind::NotSupported(Capability::TrustUnlock));
    assert_eq!(world.erp.unlock_state.calls(), 1);
    let listed = world.operations.capabilities(&visit);
    let unlock = listed.iter().find(|one| one.capability == Capability::TrustUnlock).unwrap();
    assert_eq!((unlock.supported, unlock.reason.as_deref()), (false, Some("Scripted.")));
    assert!(state(&world.fresh()).await.is_ok(), "no-cache asks the installation again");

    assert!(world.operations.verify(&visit).await.holds());
    assert!(world.operations.capabilities(&visit).iter().all(|one| one.supported));
}

#[tokio::test]
async fn the_list_is_computed_from_the_offers() {
    let world = World::open().await;
    world.erp.lacks(Capability::Wifi);
    world.erp.lacks(Capability::TicketRating);
    let vendors = world.operations.vendors();
    assert_eq!(vendors.len(), 1);
    assert_eq!((vendors[0].word, vendors[0].credential_fields[0].name), ("scripted", "token"));
    let listed = world.operations.capabilities(&world.visit());
    assert_eq!(listed.len(), Capability::ALL.len());
    let of = |capability| listed.iter().find(|one| one.capability == capability).unwrap().clone();
    assert!(!of(Capability::Wifi).supported);
    let rating = of(Capability::TicketRating);
    assert!(rating.supported && rating.reason.unwrap().contains("Kept by Ponte"));
}
