public import CrewCore

/// Something that happens while a run is executed.
public enum RunUpdate: Sendable {
    /// An event, recorded in the journal before it is seen here.
    case event(Event)
    /// A piece of an answer while it arrives; not recorded, and void if the call fails after it.
    case text(Seat, String)
    /// What the whole run waits for, as a phrase for people, such as room on an account above it; `nil` when it goes on.
    /// Not recorded.
    case waiting(String?)
}
