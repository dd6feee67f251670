//! The standard package mlhost:validate.
