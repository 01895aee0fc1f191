//! The thread that speaks to one library: loads it when it is first asked, keeps a session for each token, and begins
//! anew when the module or a token went away.
//!
//! A login holds for every session of this process on a token, so whoever asks must show the PIN that the session was
//! opened with. A PIN that was refused is never shown twice: tokens lock themselves after a few wrong ones.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::{AuthPin, Ulong};
use reeve_base::Secret;
use reeve_base::key_services::{KeyFailure, WRAPPED_KEY_BYTES};
use reeve_base::secret::ExposeSecret as _;
use zeroize::Zeroizing;

use super::{Act, Question};

/// The first octet of a wrapped key: AES-256-GCM with a nonce of 12 octets and a tag of 16.
const FORMAT: u8 = 1;

/// Octets of a nonce.
const NONCE_BYTES: usize = 12;

/// Bits of a tag.
const TAG_BITS: u64 = 128;

/// Octets of the keys that wrap: AES-256.
const KEY_BYTES: u64 = 32;

/// Refused PINs that are remembered: far more than anybody mistypes.
const REFUSED_MAX: usize = 1_024;

/// Answers questions until nobody can ask any more.
pub(super) fn serve(library: PathBuf, questions: Receiver<Question>) {
    let mut module = Module { library, context: None, sessions: HashMap::new(), refused: Vec::new() };
    for question in questions {
        // Whoever asked has gone: their time was over before their turn came.
        if question.answer.is_closed() {
            continue;
        }
        let answer = module.answer(&question);
        // Whoever asked may have gone meanwhile.
        drop(question.answer.send(answer));
    }
    module.leave();
}

struct Module {
    library: PathBuf,
    /// The library, once it is loaded and initialized.
    context: Option<Pkcs11>,
    sessions: HashMap<String, Open>,
    refused: Vec<(String, Secret)>,
}

/// A session that is logged in, and by which PIN.
struct Open {
    pin: Secret,
    session: Session,
}

type Answer = Result<Zeroizing<Vec<u8>>, KeyFailure>;

impl Module {
    /// Does what is asked; a session that turns out to be dead is replaced once.
    fn answer(&mut self, question: &Question) -> Answer {
        let had_session = self.sessions.contains_key(&question.token);
        match self.perform(question) {
            // Without its token, a library may still have an empty session on it: only a new one shows what is gone.
            Err(KeyFailure::Unreachable | KeyFailure::Gone) if had_session => {
                self.leave();
                self.perform(question)
            }
            Err(KeyFailure::Unreachable) => {
                self.leave();
                Err(KeyFailure::Unreachable)
            }
            other => other,
        }
    }

    fn perform(&mut self, question: &Question) -> Answer {
        let session = self.session(question)?;
        let key = find(session, &question.label)?;
        match &question.act {
            Act::Wrap(plain) => wrap(session, key, &question.bound_to, plain.as_slice()),
            Act::Unwrap(wrapped) => unwrap(session, key, &question.bound_to, wrapped),
        }
    }

    /// A session on the token that is logged in with this very PIN.
    fn session(&mut self, question: &Question) -> Result<&Session, KeyFailure> {
        let Question { token, pin, .. } = question;
        if self.sessions.get(token).is_some_and(|open| !same(&open.pin, pin)) {
            // With its last session the token forgets who was logged in.
            self.sessions.remove(token);
        }
        if !self.sessions.contains_key(token) {
            if self.refused.iter().any(|(of, refused)| of == token && same(refused, pin)) {
                return Err(KeyFailure::Denied);
            }
            let slot = self.slot(token)?;
            let session = self.context()?.open_ro_session(slot).map_err(|error| failure(&error))?;
            if let Err(why) = log_in(&session, pin) {
                if why == KeyFailure::Denied && self.refused.len() < REFUSED_MAX {
                    self.refused.push((token.clone(), pin.clone()));
                }
                return Err(why);
            }
            self.sessions.insert(token.clone(), Open { pin: pin.clone(), session });
        }
        self.sessions.get(token).map(|open| &open.session).ok_or(KeyFailure::Unreachable)
    }

    /// The slot of the token with this label. Libraries look for tokens when they are initialized; some never again.
    fn slot(&mut self, token: &str) -> Result<Slot, KeyFailure> {
        if let Some(slot) = self.look_for(token)? {
            return Ok(slot);
        }
        self.leave();
        self.look_for(token)?.ok_or(KeyFailure::Unreachable)
    }

    fn look_for(&mut self, token: &str) -> Result<Option<Slot>, KeyFailure> {
        let context = self.context()?;
        let slots = context.get_slots_with_initialized_token().map_err(|error| failure(&error))?;
        let named = |slot: &Slot| context.get_token_info(*slot).is_ok_and(|info| info.label().trim_end() == token);
        let mut named = slots.into_iter().filter(named);
        match (named.next(), named.next()) {
            (found, None) => Ok(found),
            // Two tokens of one label: nobody can say which is meant.
            (_, Some(_)) => Err(KeyFailure::Unsuitable),
        }
    }

    /// The library, loaded and initialized.
    fn context(&mut self) -> Result<&Pkcs11, KeyFailure> {
        if self.context.is_none() {
            let context = Pkcs11::new(&self.library).map_err(|error| failure(&error))?;
            match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
                // Somebody else in this process uses it as well.
                Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
                Err(error) => return Err(failure(&error)),
            }
            self.context = Some(context);
        }
        self.context.as_ref().ok_or(KeyFailure::Unreachable)
    }

    /// Ends every session and lets the library forget what it knows.
    fn leave(&mut self) {
        self.sessions.clear();
        if let Some(context) = self.context.take() {
            // Stays loaded: libraries that are unloaded leave behind what runs when the process ends.
            std::mem::forget(context.clone());
            drop(context.finalize());
        }
    }
}

fn same(one: &Secret, other: &Secret) -> bool {
    // Nobody can measure this from outside, but it costs nothing to take the same time for every guess.
    let (one, other) = (one.expose_secret().as_bytes(), other.expose_secret().as_bytes());
    one.len() == other.len() && one.iter().zip(other).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

fn log_in(session: &Session, pin: &Secret) -> Result<(), KeyFailure> {
    let pin = AuthPin::from(pin.expose_secret().to_owned());
    match session.login(UserType::User, Some(&pin)) {
        // Somebody else in this process is; that is no proof that this PIN is right.
        Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {
            session.logout().map_err(|error| failure(&error))?;
            session.login(UserType::User, Some(&pin)).map_err(|error| failure(&error))
        }
        other => other.map_err(|error| failure(&error)),
    }
}

/// The one AES-256 key of this label that may encrypt and decrypt.
fn find(session: &Session, label: &str) -> Result<ObjectHandle, KeyFailure> {
    let named = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::Token(true),
        Attribute::Label(label.as_bytes().to_vec()),
    ];
    let key = match session.find_objects(&named).map_err(|error| failure(&error))?[..] {
        [] => return Err(KeyFailure::Gone),
        [key] => key,
        _ => return Err(KeyFailure::Unsuitable),
    };
    let asked = [AttributeType::KeyType, AttributeType::ValueLen, AttributeType::Encrypt, AttributeType::Decrypt];
    let known = session.get_attributes(key, &asked).map_err(|error| failure(&error))?;
    let wanted = [
        Attribute::KeyType(KeyType::AES),
        Attribute::ValueLen(Ulong::from(KEY_BYTES)),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
    ];
    if wanted.iter().all(|wanted| known.contains(wanted)) { Ok(key) } else { Err(KeyFailure::Unsuitable) }
}

/// Wraps: format, nonce, 32 octets, tag.
fn wrap(session: &Session, key: ObjectHandle, bound_to: &[u8], plain: &[u8]) -> Answer {
    let mut nonce = [0; NONCE_BYTES];
    session.generate_random_slice(&mut nonce).map_err(|error| failure(&error))?;
    let text = {
        let mechanism = gcm(&mut nonce, bound_to)?;
        session.encrypt(&mechanism, key, plain).map_err(|error| failure(&error))?
    };
    // Modules that insist on nonces of their own have put theirs in the place of ours.
    Ok(Zeroizing::new([&[FORMAT], nonce.as_slice(), &text].concat()))
}

fn unwrap(session: &Session, key: ObjectHandle, bound_to: &[u8], wrapped: &[u8]) -> Answer {
    match open(session, key, bound_to, wrapped) {
        // Modules say in many ways that a tag does not fit. One that does the rest well is well.
        Err(KeyFailure::Unreachable) if works(session, key) => Err(KeyFailure::Damaged),
        opened => opened,
    }
}

fn open(session: &Session, key: ObjectHandle, bound_to: &[u8], wrapped: &[u8]) -> Answer {
    let parts = wrapped.strip_prefix(&[FORMAT]).and_then(|rest| rest.split_first_chunk::<NONCE_BYTES>());
    let (nonce, text) = parts.ok_or(KeyFailure::Damaged)?;
    let mut nonce = *nonce;
    let plain = session.decrypt(&gcm(&mut nonce, bound_to)?, key, text).map_err(|error| failure(&error))?;
    Ok(Zeroizing::new(plain))
}

/// Whether the key wraps and unwraps something else.
fn works(session: &Session, key: ObjectHandle) -> bool {
    let trial = [0; WRAPPED_KEY_BYTES];
    let opened = wrap(session, key, b"trial", &trial).and_then(|wrapped| open(session, key, b"trial", &wrapped));
    opened.is_ok_and(|plain| plain.as_slice() == trial)
}

fn gcm<'a>(nonce: &'a mut [u8; NONCE_BYTES], bound_to: &'a [u8]) -> Result<Mechanism<'a>, KeyFailure> {
    let parameters = GcmParams::new(nonce, bound_to, Ulong::from(TAG_BITS)).map_err(|_| KeyFailure::Malformed)?;
    Ok(Mechanism::AesGcm(parameters))
}

/// Source: PKCS#11 2.40 §5.1, the values that functions return.
fn failure(error: &Error) -> KeyFailure {
    let Error::Pkcs11(value, _) = error else {
        return match error {
            Error::NulError(_) => KeyFailure::Malformed,
            _ => KeyFailure::Unreachable,
        };
    };
    match value {
        RvError::PinIncorrect
        | RvError::PinInvalid
        | RvError::PinLenRange
        | RvError::PinExpired
        | RvError::PinLocked
        | RvError::UserPinNotInitialized
        | RvError::UserNotLoggedIn
        | RvError::UserTypeInvalid
        | RvError::ActionProhibited => KeyFailure::Denied,
        RvError::KeyHandleInvalid | RvError::ObjectHandleInvalid => KeyFailure::Gone,
        RvError::KeyFunctionNotPermitted
        | RvError::KeyTypeInconsistent
        | RvError::KeySizeRange
        | RvError::MechanismInvalid
        | RvError::MechanismParamInvalid
        | RvError::FunctionNotSupported
        | RvError::AttributeTypeInvalid => KeyFailure::Unsuitable,
        RvError::EncryptedDataInvalid | RvError::EncryptedDataLenRange => KeyFailure::Damaged,
        RvError::SessionCount | RvError::HostMemory | RvError::DeviceMemory => KeyFailure::Throttled,
        // Removed, lost, broken, or anything that nobody explains.
        _ => KeyFailure::Unreachable,
    }
}
