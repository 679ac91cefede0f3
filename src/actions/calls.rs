//! Calls: logged by hand, or told by a telephone system.
