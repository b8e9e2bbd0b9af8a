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
    /// How far a tool is, in its own words; not recorded.
    case progress(ToolProgress)
}

/// What a tool says of its progress; see ``ToolContext/progress(_:)``.
public struct ToolProgress: Sendable, Hashable {
    /// Whose call it is.
    public let seat: Seat
    /// The agent, by the names that lead there.
    public let agent: String
    /// The tool's name.
    public let tool: String
    /// The call's identifier in the run, as events have it.
    public let call: String
    /// What it says.
    public let text: String
}
