public import ChatModel

/// Who leads an exchange with a model.
public enum Seat: Sendable, Hashable {
    /// The coordinator of the run's crew, or of the member crew that works on an assignment.
    case coordinator(of: String?)
    /// The agent that works on an assignment.
    case assignment(String)

    /// Whether it is a coordinator's.
    public var isCoordinator: Bool {
        if case .coordinator = self { true } else { false }
    }
}

extension Seat: LosslessStringConvertible {
    private static let coordinator = "coordinator"
    private static let within = "/coordinator"

    /// Reads `coordinator`, `a3/coordinator` or an assignment's identifier.
    public init(_ description: String) {
        if description == Self.coordinator {
            self = .coordinator(of: nil)
        } else if description.hasSuffix(Self.within) {
            self = .coordinator(of: String(description.dropLast(Self.within.count)))
        } else {
            self = .assignment(description)
        }
    }

    /// `coordinator`, `a3/coordinator` or the assignment's identifier.
    public var description: String {
        switch self {
        case .coordinator(nil): Self.coordinator
        case .coordinator(let assignment?): assignment + Self.within
        case .assignment(let id): id
        }
    }
}

extension Seat: Codable {
    /// Reads its name.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes its name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// What differs from seat to seat, for as long as an exchange lasts.
public struct SeatTerms: Sendable, Hashable {
    /// The shape of what a seat has to say.
    public enum Form: Sendable, Hashable {
        /// One of the instructions that were legal when the exchange began.
        case instruction(Menu)
        /// What an assignment asks for.
        case result
    }

    /// The account that pays.
    let account: Ledger.AccountID
    /// The names that lead to whoever sits there, such as `writer` or `press/writer`; by them its tools are known.
    let member: String
    /// The tools it may call.
    let tools: ToolCatalog
    /// How often it may speak, tool rounds and repairs included; `nil` for as often as need be.
    let allowance: Int?
    /// The shape of its answer.
    let form: Form
}
