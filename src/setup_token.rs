//! The one-time token with which the first administrator is made, kept in memory only and only as a hash.

use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq;

use crate::secrets::{hash_token, new_token};

/// None until it is offered, and again when it was used.
#[derive(Default)]
pub struct SetupToken(Mutex<Option<String>>);

impl SetupToken {
    /// Makes a new token; the one before is void.
    pub fn offer(&self) -> String {
        let token = new_token();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(hash_token(&token));
        token
    }

    pub fn is(&self, token: &str) -> bool {
        let offered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        offered
            .as_ref()
            .is_some_and(|hash| hash.as_bytes().ct_eq(hash_token(token).as_bytes()).into())
    }

    /// The desk is set up: no token opens it again.
    pub fn withdraw(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_token_opens_and_none_after_it_was_withdrawn() {
        let setup = SetupToken::default();
        assert!(!setup.is(""));
        let (first, second) = (setup.offer(), setup.offer());
        assert!(!setup.is(&first));
        assert!(setup.is(&second));
        setup.withdraw();
        assert!(!setup.is(&second));
    }
}
