//! The channels by which a customer reaches the desk. The channel belongs to the message; the ticket is one.

words! {
    Channel { Email = "email", Chat = "chat", Phone = "phone" }
}

words! {
    /// As seen from the desk.
    Direction { In = "in", Out = "out" }
}
