//! What every command is handed: the screen it writes to, the global flags, and the tools it works with.

use std::io::Read;
use std::pin::Pin;
use std::sync::Arc;

use reeve_base::{Clock, Random, Secret};

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::screen::Screen;
use crate::surroundings::{AskSecret, Pace};

/// The first argument of every command.
pub(crate) struct Context {
    pub(crate) screen: Screen,
    pub(crate) global: Global,
    pub(crate) tools: Tools,
}

/// What is left of the surroundings when the screen has been taken out.
pub(crate) struct Tools {
    pub(crate) input: Box<dyn Read + Send>,
    pub(crate) input_is_terminal: bool,
    pub(crate) ask_secret: AskSecret,
    pub(crate) token: Option<Secret>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pace: Pace,
    pub(crate) interrupt: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Context {
    /// A client of the server that the global flags name.
    pub(crate) fn client(&mut self) -> Result<Client, Failure> {
        let client = Client::new(&self.global, self.tools.token.clone(), self.tools.pace)?;
        if client.is_unencrypted() {
            self.screen.warn("tokens and passwords travel unencrypted: use an https:// address for --server");
        }
        Ok(client)
    }

    /// A key that makes a repeated request of this command one request for the server.
    pub(crate) fn new_key(&self) -> String {
        reeve_base::random::hex::<16>(&*self.tools.random)
    }

    /// Has the person type `word` back before something is lost for good; without a terminal, `--yes` says it.
    pub(crate) fn confirm(&mut self, what: &str, word: &str) -> Result<(), Failure> {
        if !self.tools.input_is_terminal {
            return Err(Failure::usage(
                format!("{what} needs a confirmation, and there is no terminal to ask at"),
                "add --yes if you mean it",
            ));
        }
        self.screen.ask(&format!("{what}? type {word} to go on: "));
        let answer = crate::secrets::first_line(&mut self.tools.input)
            .map_err(|why| Failure::usage(format!("could not read the answer: {why}"), "add --yes if you mean it"))?;
        if answer.trim() == word {
            return Ok(());
        }
        Err(Failure::usage("not confirmed, nothing was changed", format!("type {word} exactly as shown, or add --yes")))
    }
}
