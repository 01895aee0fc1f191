//! Passwords that come hashed from elsewhere: each scheme opens as it came, and is hashed anew by the first sign-in.

use reeve_domain::Error;
use reeve_domain::users::{NewPassword, NewUser, User};

use crate::harness::{email, invalid, new_user, on_each_engine};
use crate::org::{Org, dump};

/// The password of every hash below.
const PASSWORD: &str = "Grün-Tee 41";

/// What argon2-cffi, libxcrypt and Python's hashlib make of it.
const HASHES: [(&str, &str); 8] = [
    ("argon2id", "$argon2id$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$ioVBA2PQYXoZ/Q2zZPTzF53PgbT68qy94sF7BmgH1gM"),
    ("argon2i", "$argon2i$v=19$m=64,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$mf3eRiHLk5Xoa1Y23kk8fClhAWc5OBSya74yP9xDy48"),
    ("bcrypt", "$2b$04$abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwm"),
    (
        "sha512crypt",
        "$6$rounds=1000$saltstring$ycAjtg2gVmiG9sIvpAVNdt6LSogdF6oA5k6EU/HZUWcFAdwBQe3FR0q/OqYyrz.8kEEtsFmgM/87Nbd\
         wDmOkm/",
    ),
    ("sha256crypt", "$5$rounds=1000$saltstring$bI6rmoOpJt2fYnWfmC2hK9nRtMuKuXABirnpT1x67W5"),
    ("pbkdf2sha256", "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$/8Zk9B1pwFYbnK4uKkgapUJixzma5amglI58HimMbxs"),
    (
        "pbkdf2sha512",
        "$pbkdf2-sha512$i=1000,l=64$c2FsdHNhbHRzYWx0c2FsdA$3CRZsXA7D5b8HIbz2X8fkOHCk4+3++m5VDkXpQfwN8QJ1dKmKxXAXGC\
         +sFOhUj7nis8HcLl3BT87yUGx7BYMQw",
    ),
    ("scrypt", "$scrypt$ln=10,r=8,p=2$c2FsdHNhbHRzYWx0c2FsdA$TFgVj87HLTYgzyw66KTK7QkJ1ZyzhHWlQZrX3XaIFAs"),
];

async fn with_hash(org: &Org<'_>, name: &str, hash: &str) -> Result<User, Error> {
    let password = NewPassword::Hashed(hash.to_owned());
    org.create(NewUser { email: Some(email(&org.at(name))), password, ..new_user(name) }).await
}

#[tokio::test]
async fn a_hash_of_every_scheme_opens_and_is_hashed_anew() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        for (name, hash) in HASHES {
            let user = with_hash(&acme, name, hash).await.unwrap();
            let address = acme.at(name);
            assert!(!acme.gets_in(&address, "Grün-Tee 42").await, "{name}");
            assert_eq!(acme.row(&user.id).await.password_hash.as_deref(), Some(hash), "a wrong one changes nothing");
            assert!(acme.gets_in(&address, PASSWORD).await, "{name}");
            let after = acme.row(&user.id).await;
            assert!(after.password_hash.unwrap().starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{name}");
            assert_eq!((after.version, after.password_changed_at), (user.version, Some(world.now().millis())));
            assert!(acme.gets_in(&address, PASSWORD).await, "{name}");
            assert!(!acme.gets_in(&address, "Grün-Tee 42").await, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_hash_that_is_weak_damaged_or_too_dear_is_refused_and_nobody_is_made() {
    on_each_engine(async |world| {
        let acme = world.active_org("acme").await;
        let before = dump(&acme).await;
        for hash in [
            "",
            PASSWORD,
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
            "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g0aXBKaW4=",
            "$2b$04$tooshort",
            "$2b$20$abcdefghijklmnopqrstuu56yLm40zKTrZnHX.tp6a5WeTet7ENwm",
            "$argon2id$v=19$m=4194304,t=2,p=2$c2FsdHNhbHRzYWx0c2FsdA$ioVBA2PQYXoZ/Q2zZPTzF53PgbT68qy94sF7BmgH1gM",
        ] {
            invalid(with_hash(&acme, "ada", hash).await, "password_hash");
        }
        assert_eq!(dump(&acme).await, before);
    })
    .await;
}
