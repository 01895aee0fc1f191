//! `reeve completions`: asks no server.

use clap_complete::Shell;

use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve completions bash > ~/.local/share/bash-completion/completions/reeve
  reeve completions zsh > ~/.zfunc/_reeve
  reeve completions fish > ~/.config/fish/completions/reeve.fish")]
pub struct Completions {
    /// Shell that will read the script
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(ctx: &mut Context, args: &Completions, mut program: clap::Command) -> Result<(), Failure> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, name, &mut script);
    ctx.screen.bytes(&script)
}
