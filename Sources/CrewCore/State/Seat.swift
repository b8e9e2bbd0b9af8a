/// Who leads an exchange with a model.
public enum Seat: Sendable, Hashable {
    /// The coordinator.
    case coordinator
    /// The agent that works on an assignment.
    case assignment(String)
}

extension Seat: Codable {
    /// Reads `coordinator` or an assignment's identifier.
    public init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        self = name == "coordinator" ? .coordinator : .assignment(name)
    }

    /// Writes `coordinator` or the assignment's identifier.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .coordinator: try container.encode("coordinator")
        case .assignment(let id): try container.encode(id)
        }
    }
}
