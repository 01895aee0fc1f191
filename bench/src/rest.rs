//! The REST door under load, and imports through the command line.

use std::cell::Cell;
use std::fmt::Write as _;

use crate::deployment::{Deployment, block_on, engines};
use crate::{load, median, rate, say, timed};

/// Users that one run makes.
const CREATIONS: usize = 8_000;

/// Users that are looked up in one run.
const LOOK_UPS: usize = 20_000;

/// People in the small and in the large organization.
const SIZES: [usize; 2] = [1_000, 100_000];

/// Durable creations of users without a password, by one client and by sixteen.
pub(crate) fn measure_creations() {
    for (engine, database) in engines() {
        let here = Deployment::start(database);
        let made = Cell::new(0);
        let run = |clients: usize, count: usize| {
            let first = made.replace(made.get() + count);
            let token = here.token.clone();
            let make = move |number: usize| {
                let name = first + number;
                let body = format!(r#"{{"username":"u{name}","display_name":"User {name}"}}"#);
                load::post("/api/v1/organizations/acme/users", Some(&token), &body)
            };
            let address = here.server.address("http");
            let ((), took) = timed(|| block_on(load::run(address, clients, count, 201, make)));
            rate(count, took)
        };
        run(4, CREATIONS / 10);
        let one = median(|| run(1, CREATIONS / 4));
        let before = (here.counter("reeve_store_commits_total"), here.counter("reeve_store_closures_total"));
        let sixteen = median(|| run(16, CREATIONS));
        let commits = here.counter("reeve_store_commits_total") - before.0;
        let closures = here.counter("reeve_store_closures_total") - before.1;
        say(&format!("{engine}, 1 client"), &format!("{one:>9.0}/s"));
        say(&format!("{engine}, 16 clients"), &format!("{sixteen:>9.0}/s   {:.2} x one client", sixteen / one));
        say(&format!("{engine}, changes that shared a commit"), &format!("{:>9.1}", closures / commits.max(1.0)));
    }
}

fn roster(count: usize) -> String {
    let mut file = String::from("username,display_name,first_name,last_name,email,department\n");
    for n in 0..count {
        writeln!(file, "p{n},Person {n},Person,{n},p{n}@acme.reeve.test,Sales").expect("memory");
    }
    file
}

/// Makes so many people, or those of them that are not there yet.
pub(crate) fn import(here: &Deployment, count: usize) {
    let path = here.folder.path().join("people.csv");
    std::fs::write(&path, roster(count)).expect("the file can be written");
    let path = path.to_str().expect("UTF-8");
    let _ = here.server.reeve(&["user", "import", path, "--org", "acme", "--quiet"]).done();
}

/// `GET` of a user by name in a small and in a large organization, and the first page of its list.
pub(crate) fn measure_look_ups() {
    for (engine, database) in engines() {
        let here = Deployment::start(database);
        let mut figures = Vec::new();
        for size in SIZES {
            import(&here, size);
            let look = |clients: usize, count: usize, path: fn(usize, usize) -> String| {
                let token = here.token.clone();
                let make = move |number: usize| load::get(&path(number, size), &token);
                let address = here.server.address("http");
                let ((), took) = timed(|| block_on(load::run(address, clients, count, 200, make)));
                rate(count, took)
            };
            let show = |number: usize, size: usize| {
                format!("/api/v1/organizations/acme/users/p{}", number.wrapping_mul(7_919) % size)
            };
            look(4, LOOK_UPS / 10, show);
            let shown = median(|| look(16, LOOK_UPS, show));
            let page = |_, _| "/api/v1/organizations/acme/users?limit=100".to_owned();
            let pages = median(|| look(1, 200, page));
            say(&format!("{engine}, GET of a user among {size}"), &format!("{shown:>9.0}/s"));
            say(&format!("{engine}, page of 100 users among {size}"), &format!("{:>9.2} ms", 1_000.0 / pages));
            figures.push(shown);
        }
        if let [small, large] = figures[..] {
            say(&format!("{engine}, time among 100,000 / among 1,000"), &format!("{:>9.2}", small / large));
        }
    }
}

/// An import of 100,000 people, and the same again, which changes nothing.
pub(crate) fn measure_import() {
    for (engine, database) in engines() {
        let here = Deployment::start(database);
        let ((), first) = timed(|| import(&here, SIZES[1]));
        let ((), again) = timed(|| import(&here, SIZES[1]));
        say(&format!("{engine}, 100,000 rows"), &format!("{:>9.1} s", first.as_secs_f64()));
        say(&format!("{engine}, the same file again"), &format!("{:>9.1} s", again.as_secs_f64()));
        say(&format!("{engine}, memory of the server afterwards"), &format!("{:>9.1} MiB", here.memory_mib()));
    }
}
