//! Shouwen.
