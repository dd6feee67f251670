//! Finds the component that a plugin reference names.
