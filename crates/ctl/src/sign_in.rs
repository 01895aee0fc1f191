//! Signing in, and signing in again to a session that has grown old, with a second factor where one is wanted.
//!
//! What the server proves is the server's; here a password and a code are fetched, sent, and forgotten.

use std::path::PathBuf;

use reeve_base::Secret;
use reeve_base::secret::ExposeSecret;
use serde_json::json;

use crate::access::Credential;
use crate::client::{Answer, Call, Client, not_understood};
use crate::context::Context;
use crate::failure::Failure;
use crate::profiles::Profile;
use crate::secrets;
use crate::wire::{Challenge, Session};

/// Where a password and a code come from; the person is asked for what is not given.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct From {
    /// File whose first line is the password; - reads standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// File whose first line is the code of the second factor; - reads standard input, after the password
    #[arg(long, value_name = "FILE")]
    code_file: Option<PathBuf>,
}

/// Opens a session and answers with it as the server gave it, its token within.
pub(crate) async fn sign_in(
    ctx: &mut Context,
    client: &Client,
    username: &str,
    from: &From,
) -> Result<Answer, Failure> {
    let password = secrets::existing(ctx, from.password_file.as_deref())?;
    let body = json!({ "username": username, "password": password.expose_secret(), "transport": "bearer" });
    let answer = client.send(&Call::post(&["sessions"]).json(&body)?).await?;
    second_step(ctx, client, answer, from).await
}

/// Signs in again to the session in use and goes on with its new token, which stands in the profile when it came
/// from one.
pub(crate) async fn again(ctx: &mut Context, from: &From) -> Result<Answer, Failure> {
    let client = ctx.client()?;
    let question = match client.credential() {
        Some(Credential::Profile { username, .. }) if !username.is_empty() => format!("Password of {username}: "),
        Some(Credential::Profile { .. } | Credential::Token(_)) => "Password: ".to_owned(),
        Some(Credential::Basic { .. }) | None => return Err(no_session()),
    };
    let hint = "give --password-file FILE (- for standard input)";
    let password = secrets::existing_of(ctx, from.password_file.as_deref(), &question, hint)?;
    let body = json!({ "password": password.expose_secret() });
    let call = Call::post(&["sessions", "current", "reauthentication"]).json(&body)?;
    let answer = client.send(&call).await?;
    let answer = second_step(ctx, &client, answer, from).await?;
    go_on(ctx, &client, &answer)?;
    Ok(answer)
}

/// Goes on with the token that the server gave in the place of the client's own, which is dead now.
pub(crate) fn go_on(ctx: &mut Context, client: &Client, answer: &Answer) -> Result<(), Failure> {
    let session: Session = answer.read()?;
    let token = token(&session)?;
    let credential = match client.credential() {
        Some(Credential::Profile { profile, username, .. }) => {
            // The server that gave the token, wherever the profile points to by now.
            let server = client.server().map(ToString::to_string).ok_or_else(no_session)?;
            ctx.tools.profiles.keep(profile, &self::profile(server, username, &session)?)?;
            Credential::Profile { profile: profile.clone(), username: username.clone(), token }
        }
        _ => Credential::Token(token),
    };
    ctx.go_on_as(client.renewed(Some(credential)));
    Ok(())
}

/// The profile of a session that was just opened.
pub(crate) fn profile(server: String, username: &str, session: &Session) -> Result<Profile, Failure> {
    let named = session.administrator.as_ref().map(|who| who.username.as_str()).filter(|name| !name.is_empty());
    Ok(Profile {
        server,
        username: named.unwrap_or(username).to_owned(),
        token: Some(token(session)?),
        expires_at: session.ends().cloned(),
    })
}

/// The token of a session that was just opened.
pub(crate) fn token(session: &Session) -> Result<Secret, Failure> {
    session.token.clone().map(Secret::from).ok_or_else(|| not_understood("the session has no token"))
}

fn no_session() -> Failure {
    Failure::usage(
        "there is no session: neither the socket nor an API password nor an access key has one",
        "use a session: reeve login --server URL, then --profile NAME",
    )
}

/// Answers the challenge that stands in the place of a session, if one does.
async fn second_step(ctx: &mut Context, client: &Client, answer: Answer, from: &From) -> Result<Answer, Failure> {
    let asked: Challenge = answer.read()?;
    let Some(challenge) = asked.challenge else { return Ok(answer) };
    let takes = |method: &str| asked.methods.iter().any(|one| one == method);
    let question = match (takes("totp"), takes("recovery_code")) {
        (true, true) => "Code of the second factor, or a recovery code: ",
        (true, false) => "Code of the second factor: ",
        (false, true) => "Recovery code: ",
        (false, false) => return Err(passkey_only(client)),
    };
    let code = secrets::code(ctx, from.code_file.as_deref(), question)?;
    let body = json!({ "challenge": challenge, "code": code.expose_secret(), "transport": "bearer" });
    client.send(&Call::post(&["sessions", "second-factor"]).json(&body)?).await
}

fn passkey_only(client: &Client) -> Failure {
    let console = client.server().map_or_else(|| "the console".to_owned(), |url| format!("the console at {url}"));
    Failure::not_done(
        "the only second factor here is a passkey, which the command line cannot use",
        format!("sign in to {console} and add a code generator or make recovery codes; or use an access key"),
    )
}
