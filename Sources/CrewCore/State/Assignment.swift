/// One piece of work for one member.
public struct Assignment: Sendable, Hashable, Codable {
    /// Its identifier, such as `a1`.
    public var id: String
    /// Who does it.
    public var agent: String
    /// The declared task it is to fulfil.
    public var task: String?
    /// What is to be reached; for a declared task, remarks beyond the task's own text.
    public var objective: String
    /// The results it builds on.
    public var inputs: [String]
    /// The result that it is to improve, and what is to change.
    public var revision: Revision?
    /// How often the agent may speak, tool rounds and repairs included.
    public var allowance: Int
    /// The assignment of the member crew that gave it; `nil` for one of the run's own crew.
    public var scope: String? = nil

    /// A request to improve a result.
    public struct Revision: Sendable, Hashable, Codable {
        /// The result.
        public var result: String
        /// What is to change.
        public var feedback: String
    }
}
