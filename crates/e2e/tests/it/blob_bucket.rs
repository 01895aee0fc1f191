//! Blobs in a bucket: probed, backed up and restored over S3's protocol, and missed when the bucket is out of reach.

use reeve_testkit::Moto;
use reqwest::Client;

use crate::backup::beside;
use crate::deployment::Deployment;

/// Blobs in the bucket: more than S3 lists at once.
const BLOBS: usize = 1_100;

async fn put(client: &Client, url: &str, path: &str, content: String) {
    let answer = client.put(format!("{url}/{path}")).body(content).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
}

fn content(n: usize) -> String {
    format!("message {n}\n").repeat(n % 50 + 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_of_a_bucket_are_in_backups_and_come_back_into_another() {
    let Some(moto) = Moto::start() else { return };
    let (client, url) = (Client::new(), moto.url().to_owned());
    for bucket in ["mail", "other"] {
        put(&client, &url, bucket, String::new()).await;
    }
    for n in 0..BLOBS {
        put(&client, &url, &format!("mail/reeve/m/{:02x}/{n}", n % 256), content(n)).await;
    }
    put(&client, &url, "mail/somebody-elses", "not ours".to_owned()).await;
    put(&client, &url, "mail/reeve/README.txt", "not ours".to_owned()).await;
    let reachable = |bucket: &'static str| {
        [
            ("REEVE_BLOB_URL", bucket),
            ("AWS_ENDPOINT_URL", &url),
            ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2-hunter2"),
            ("AWS_REGION", "us-east-1"),
        ]
    };
    let here = Deployment::start();
    let (dir, data) = (beside(&here, "backup"), beside(&here, "restored"));
    let (dir, data) = (dir.to_str().unwrap(), data.to_str().unwrap());
    tokio::task::block_in_place(|| {
        let bucket = reachable("s3://mail/reeve");
        let doctor = here.reeve_in(&bucket, &["doctor"], "").done();
        assert!(doctor.stdout.contains("ok       blobs          s3://mail/reeve"), "{}", doctor.stdout);
        assert!(!doctor.stdout.contains("hunter2"));
        let made = here.reeve_in(&bucket, &["backup", dir, "--output", "json"], "").done().json();
        assert_eq!((&made["blobs_copied"], &made["sections"][1]["blobs"]), (&BLOBS.into(), &BLOBS.into()), "{made}");
        let again = here.reeve_in(&bucket, &["backup", dir, "--output", "json"], "").done().json();
        assert_eq!(again["blobs_copied"], 0, "{again}");
        let verified = here.reeve(&["backup", "verify", dir]);
        assert!(verified.stdout.contains(&format!("{BLOBS} blobs")), "{}", verified.stdout);
        // A restore may be run against a bucket that has some of them.
        let _ = here.reeve_in(&reachable("s3://other/x"), &["restore", dir, "--data", data], "").done();
        // What came into the other bucket is what comes out of it.
        let second = beside(&here, "second");
        let _ = here.reeve_in(&reachable("s3://other/x"), &["backup", second.to_str().unwrap()], "").done();
        for n in 0..BLOBS {
            let path = second.join(format!("blobs/m/{:02x}/{n}", n % 256));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content(n), "{}", path.display());
        }
    });
    drop(moto);
    tokio::task::block_in_place(|| {
        let doctor = here.reeve_in(&reachable("s3://mail/reeve"), &["doctor"], "");
        assert_eq!(doctor.code, Some(1), "{}", doctor.stdout);
        assert!(
            doctor.stdout.contains("wrong    blobs          s3://mail/reeve cannot keep blobs"),
            "{}",
            doctor.stdout
        );
        let refused = here.reeve_in(&reachable("s3://mail/reeve"), &["backup", dir], "");
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains("could not read the blobs in s3://mail/reeve"), "{}", refused.stderr);
        let verified = here.json(&["backup", "verify", dir]);
        assert_eq!(verified.as_array().unwrap().len(), 2, "the earlier ones are as they were: {verified}");
    });
}
