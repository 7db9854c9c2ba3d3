//! Sign-in: limited per login and per source, counted only when the ERP says wrong.

use std::time::Duration;

use bytes::Bytes;
use ponte_domain::failure::{Refusal, Retry};
use ponte_domain::wifi::SignInForm;
use ponte_domain::{Failure, FailureKind};
use ponte_operations::SignedIn;
use secrecy::SecretString;

use crate::people::{bruno, failure};
use crate::world::{World, text};

const WRONG: FailureKind = FailureKind::Refused(Refusal::SignInFailed);
const LOCKED: FailureKind = FailureKind::Refused(Refusal::SignInLocked);

async fn sign_in(world: &World, login: &str, source: &str) -> Result<Bytes, Failure> {
    let form = SignInForm { login: login.to_owned(), password: SecretString::from("Senha#2026") };
    let show = |signed_in: &SignedIn| Bytes::from(signed_in.customer.name.clone());
    world.operations.sign_in(&world.visit(), form, source.to_owned(), show).await
}

fn right() -> SignedIn {
    SignedIn { customer: bruno(), must_change_password: false }
}

#[tokio::test]
async fn who_signs_in_is_told_and_nothing_is_cached() {
    let world = World::open().await;
    world.erp.sign_in.usually(Ok(right()));
    for _ in 0..2 {
        assert_eq!(text(&sign_in(&world, "bruno", "s1").await.unwrap()), "Bruno Lima");
    }
    assert_eq!(world.erp.sign_in.calls(), 2);
}

#[tokio::test]
async fn a_login_is_locked_after_five_wrong_attempts_in_whatever_spelling() {
    let world = World::open().await;
    world.erp.sign_in.usually(Err(failure(WRONG)));
    for (n, login) in ["bruno", "Bruno", " bruno ", "BRUNO", "bruno"].into_iter().enumerate() {
        assert_eq!(sign_in(&world, login, &format!("s{n}")).await.unwrap_err().kind(), WRONG);
    }
    let locked = sign_in(&world, "bruno", "s9").await.unwrap_err();
    assert_eq!(locked.kind(), LOCKED);
    assert!(matches!(locked.retry(), Retry::After(wait) if wait > Duration::from_secs(800)), "{:?}", locked.retry());
    assert_eq!(world.erp.sign_in.calls(), 5, "a locked login does not reach the ERP");
    assert_eq!(sign_in(&world, "ana", "s9").await.unwrap_err().kind(), WRONG, "others are not locked");

    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(901)).await;
    tokio::time::resume();
    assert_eq!(sign_in(&world, "bruno", "s9").await.unwrap_err().kind(), WRONG);
}

#[tokio::test]
async fn a_document_is_one_login_in_whatever_punctuation() {
    let world = World::open().await;
    world.erp.sign_in.usually(Err(failure(WRONG)));
    for login in ["111.444.777-35", "11144477735", " 111444777-35", "111.444.777-35", "11144477735"] {
        assert_eq!(sign_in(&world, login, "s1").await.unwrap_err().kind(), WRONG);
    }
    for login in ["111.444.777-35", "11144477735"] {
        assert_eq!(sign_in(&world, login, "s2").await.unwrap_err().kind(), LOCKED);
    }
    assert_eq!(world.erp.sign_in.calls(), 5);
}

#[tokio::test]
async fn a_source_is_locked_after_three_hundred_wrong_attempts() {
    let world = World::open().await;
    world.erp.sign_in.usually(Err(failure(WRONG)));
    for n in 0..300 {
        assert_eq!(sign_in(&world, &format!("login{n}"), "s1").await.unwrap_err().kind(), WRONG);
    }
    assert_eq!(sign_in(&world, "login300", "s1").await.unwrap_err().kind(), LOCKED);
    assert_eq!(sign_in(&world, "login300", "s2").await.unwrap_err().kind(), WRONG);
}

#[tokio::test]
async fn right_credentials_clear_the_logins_count() {
    let world = World::open().await;
    for _ in 0..4 {
        world.erp.sign_in.then(Err(failure(WRONG)));
    }
    world.erp.sign_in.then(Ok(right()));
    for _ in 0..4 {
        world.erp.sign_in.then(Err(failure(WRONG)));
    }
    for n in 0..9 {
        let outcome = sign_in(&world, "bruno", "s1").await;
        assert!(outcome.is_ok() || outcome.unwrap_err().kind() == WRONG, "{n}");
    }
}

#[tokio::test]
async fn an_erp_that_fails_costs_no_attempt() {
    let world = World::open().await;
    world.erp.sign_in.usually(Err(failure(FailureKind::Unreachable)));
    for _ in 0..50 {
        assert_eq!(sign_in(&world, "bruno", "s1").await.unwrap_err().kind(), FailureKind::Unreachable);
    }
}

#[tokio::test]
async fn many_guesses_at_once_do_not_slip_through() {
    let world = World::open().await;
    let gate = crate::scripted_erp::Gate::shut();
    for _ in 0..5 {
        world.erp.sign_in.then_behind(&gate, Err(failure(WRONG)));
    }
    let guesses = (0..30).map(|_| sign_in(&world, "bruno", "s1"));
    let release = async {
        world.erp.sign_in.called(5).await;
        gate.open();
    };
    let (outcomes, ()) = tokio::join!(futures_util::future::join_all(guesses), release);
    assert_eq!(world.erp.sign_in.calls(), 5);
    assert_eq!(outcomes.iter().filter(|one| one.as_ref().unwrap_err().kind() == LOCKED).count(), 25);
}
