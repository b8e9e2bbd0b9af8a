import ChatModel

/// One structured control instruction: the only way in which anybody, model or process, directs a run.
///
/// All that is particular to one of them stands in the file of its name.
public enum Instruction: Sendable, Hashable {
    /// Hands out assignments, which run at once.
    case delegate(Delegate)
    /// Sends an accepted result back to its agent.
    case revise(Revise)
    /// Records what is known and what is to be done; changes nothing else.
    case plan(Plan)
    /// Ends the run with success.
    case finish(Finish)
    /// Ends the run without success.
    case giveUp(GiveUp)

    /// The names of the instructions, in the order in which a menu offers them.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case delegate, revise, plan, finish
        case giveUp = "give_up"

        /// What is known of the instruction.
        var form: any InstructionForm.Type {
            switch self {
            case .delegate: Delegate.self
            case .revise: Revise.self
            case .plan: Plan.self
            case .finish: Finish.self
            case .giveUp: GiveUp.self
            }
        }
    }

    /// The instruction's name in the protocol.
    public var kind: Kind { form.kind }

    /// What it says.
    var form: any InstructionForm {
        switch self {
        case .delegate(let form): form
        case .revise(let form): form
        case .plan(let form): form
        case .finish(let form): form
        case .giveUp(let form): form
        }
    }
}

/// What an instruction says, and all that is particular to it.
///
/// Its `Decodable` conformance is the one reader of its JSON: of what a journal holds, and of a model's answer once that is
/// known to follow the menu's schema.
protocol InstructionForm: Sendable, Hashable, Codable {
    /// What a menu says of the instruction.
    associatedtype Offer: InstructionOffer

    /// What may stand in it now; `nil` while it is not legal.
    static func offer(in scope: ScopeView) -> Offer?

    /// The name of the instruction.
    var kind: Instruction.Kind { get }
    /// The instruction that says this.
    var instruction: Instruction { get }
    /// The same, with every name in a list once, as a model's answer is carried out.
    var withoutRepetitions: Self { get }

    /// What speaks against it that no schema can say, in words for a model.
    func objections(in scope: ScopeView) -> [String]
    /// The assignments that it hands out.
    func orders(in scope: ScopeView) -> [PendingOrder]
    /// What carrying it out changes in what the coordinator knows, beyond that it was issued.
    func carryOut(_ coordinator: inout CoordinatorState, in scope: ScopeView)
}

extension InstructionForm {
    var withoutRepetitions: Self { self }

    func objections(in scope: ScopeView) -> [String] { [] }

    func orders(in scope: ScopeView) -> [PendingOrder] { [] }
}

/// What a menu says of one legal instruction.
protocol InstructionOffer: Sendable, Hashable {
    /// The name of the instruction.
    var kind: Instruction.Kind { get }
    /// The schemas of the instruction's members, in their order.
    var members: [(String, JSONValue)] { get }
}

/// An assignment that was handed out and has not begun.
struct PendingOrder: Sendable, Hashable {
    var order: AssignmentOrder
    /// The result that it is to improve.
    var revision: Assignment.Revision?
}

extension Instruction: Codable {
    private enum CodingKeys: String, CodingKey { case kind }

    /// Reads the protocol's form.
    public init(from decoder: any Decoder) throws {
        let kind = try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind)
        self = try kind.form.init(from: decoder).instruction
    }

    /// Writes the protocol's form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try form.encode(to: encoder)
    }
}
