//! What every command is handed: the screen it writes to, the global flags, and the tools it works with.

use std::io::Read;
use std::pin::Pin;
use std::sync::Arc;

use reeve_base::{Clock, Random};

use crate::access::{self, Access};
use crate::client::{Answer, Call, Client};
use crate::failure::Failure;
use crate::global::Global;
use crate::profiles::Profiles;
use crate::screen::Screen;
use crate::sign_in::{self, From};
use crate::surroundings::{AskSecret, Credentials, Pace};

/// The first argument of every command.
pub(crate) struct Context {
    pub(crate) screen: Screen,
    pub(crate) global: Global,
    pub(crate) tools: Tools,
    client: Option<Arc<Client>>,
}

/// What is left of the surroundings when the screen has been taken out.
pub(crate) struct Tools {
    pub(crate) input: Box<dyn Read + Send>,
    pub(crate) input_is_terminal: bool,
    pub(crate) ask_secret: AskSecret,
    pub(crate) credentials: Credentials,
    pub(crate) profiles: Profiles,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pace: Pace,
    pub(crate) interrupt: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Context {
    pub(crate) fn new(screen: Screen, global: Global, tools: Tools) -> Self {
        Self { screen, global, tools, client: None }
    }

    /// The client of the server that the flags name, as whom the profile or the environment says.
    pub(crate) fn client(&mut self) -> Result<Arc<Client>, Failure> {
        if let Some(client) = &self.client {
            return Ok(Arc::clone(client));
        }
        let tools = &self.tools;
        let access = access::resolve(&self.global, &tools.credentials, &tools.profiles, tools.clock.now())?;
        let client = Arc::new(self.open(access)?);
        self.client = Some(Arc::clone(&client));
        Ok(client)
    }

    /// A client of the server that the flags name, as nobody yet.
    pub(crate) fn stranger(&mut self) -> Result<Client, Failure> {
        let place = access::place(&self.global, &self.tools.profiles)?;
        self.open(Access { place, credential: None })
    }

    /// A client of a certain place.
    pub(crate) fn open(&mut self, access: Access) -> Result<Client, Failure> {
        let client = Client::new(access, self.global.account.as_deref(), self.tools.pace)?;
        if client.is_unencrypted() {
            self.screen.warn("tokens and passwords travel unencrypted: use an https:// address for --server");
        }
        Ok(client)
    }

    /// Goes on as this client.
    pub(crate) fn go_on_as(&mut self, client: Client) {
        self.client = Some(Arc::new(client));
    }

    /// Sends a request. When the server wants the password anew, the person is asked for it, if there is one and the
    /// session is a profile's, and the request is sent once more.
    pub(crate) async fn send(&mut self, call: &Call) -> Result<Answer, Failure> {
        let client = self.client()?;
        let refused = match client.send(call).await {
            Err(failure) if failure.is("reauthentication_required") => failure,
            done => return done,
        };
        let of_profile = matches!(client.credential(), Some(access::Credential::Profile { .. }));
        if !of_profile || !self.tools.input_is_terminal {
            return Err(refused);
        }
        self.screen.note("this needs your password anew");
        sign_in::again(self, &From::default()).await?;
        self.client()?.send(call).await
    }

    /// Whether the server is named by its address or a profile, and not by its data folder.
    pub(crate) fn is_remote(&self) -> bool {
        access::named(&self.global).is_some() || access::address(&self.global).is_some()
    }

    /// A key that makes a repeated request of this command one request for the server.
    pub(crate) fn new_key(&self) -> String {
        reeve_base::random::hex::<16>(&*self.tools.random)
    }

    /// A line that the person at the terminal types, which may be seen.
    pub(crate) fn ask(&mut self, question: &str, hint: &str) -> Result<String, Failure> {
        if !self.tools.input_is_terminal {
            return Err(Failure::usage("there is no terminal to ask at", hint));
        }
        self.screen.ask(question);
        let answer = crate::secrets::first_line(&mut self.tools.input)
            .map_err(|why| Failure::usage(format!("could not read the answer: {why}"), hint))?;
        Ok(answer.trim().to_owned())
    }

    /// Has the person type `word` back before something is lost for good; without a terminal, `--yes` says it.
    pub(crate) fn confirm(&mut self, what: &str, word: &str) -> Result<(), Failure> {
        if !self.tools.input_is_terminal {
            return Err(Failure::usage(
                format!("{what} needs a confirmation, and there is no terminal to ask at"),
                "add --yes if you mean it",
            ));
        }
        let answer = self.ask(&format!("{what}? type {word} to go on: "), "add --yes if you mean it")?;
        if answer == word {
            return Ok(());
        }
        Err(Failure::usage("not confirmed, nothing was changed", format!("type {word} exactly as shown, or add --yes")))
    }
}
