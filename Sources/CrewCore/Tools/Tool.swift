public import ChatModel

/// Something an agent can do besides speaking.
///
/// A tool fails in two ways. A ``ToolRejection`` goes back to the model, which can mend its arguments; any other error
/// is a failure of the tool, which the engine decides about.
///
/// ```swift
/// struct Lookup: Tool {
///     struct Input: Generable { var word: String; var language: String? }
///     let name = "lookup", summary = "Looks a word up in the dictionary."
///     var effects: ToolEffects { .reads }
///     func call(_ input: Input, context: ToolContext) async throws -> String {
///         guard let entry = dictionary[input.word] else { throw ToolRejection("unknown word") }
///         return entry
///     }
/// }
/// ```
public protocol Tool: Sendable {
    /// The arguments, from which the schema that the model sees is derived.
    associatedtype Input: Generable
    /// What it gives: a `String`, which the model gets as it is, or any value that encodes, which it gets as JSON.
    associatedtype Output: Encodable

    /// The name by which the model calls it: letters, digits, `_` and `-`, at most 64.
    var name: String { get }
    /// What it does, for the model, in a sentence or two.
    var summary: String { get }
    /// What it touches; unless said otherwise, everything.
    var effects: ToolEffects { get }
    /// Whether calling it twice with the same arguments does no more than calling it once. A tool that is not, and
    /// whose call was cut off by a crash, is never called again by itself.
    var isIdempotent: Bool { get }
    /// How long a call may take.
    var timeout: Duration { get }

    /// Does the work.
    ///
    /// - Parameters:
    ///   - input: The model's arguments, checked against the schema.
    ///   - context: Which call this is, until when it may take, and the means to say how far it is.
    /// - Returns: What the model gets.
    /// - Throws: ``ToolRejection`` for what the model can mend; anything else is a failure.
    func call(_ input: Input, context: ToolContext) async throws -> Output
}

extension Tool {
    /// Everything: the most restricted assumption.
    public var effects: ToolEffects { .all }
    /// Reading twice does no harm; anything else might.
    public var isIdempotent: Bool { effects.isSubset(of: .reads) }
    /// A minute.
    public var timeout: Duration { .seconds(60) }
}

/// What a tool touches.
public struct ToolEffects: OptionSet, Sendable, Hashable, Codable {
    /// The bits.
    public let rawValue: Int
    /// Makes a set from bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// It reads what the crew file granted it.
    public static let reads = ToolEffects(rawValue: 1)
    /// It changes something.
    public static let writes = ToolEffects(rawValue: 2)
    /// It talks to the network.
    public static let network = ToolEffects(rawValue: 4)
    /// It costs money.
    public static let spends = ToolEffects(rawValue: 8)
    /// It starts programs.
    public static let executes = ToolEffects(rawValue: 16)
    /// All of them.
    public static let all: ToolEffects = [.reads, .writes, .network, .spends, .executes]
}

/// A refusal that goes back to the model, so that it can try otherwise.
public struct ToolRejection: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what would be right, in words a model can act on.
    public let message: String

    /// Makes a rejection.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }
}

/// A tool as the engine knows it, without the means to call it.
public struct ToolSpecification: Sendable, Hashable {
    /// What the model sees.
    public let declaration: ToolDeclaration
    /// What it touches.
    public let effects: ToolEffects
    /// Whether a second call does no more than the first.
    public let isIdempotent: Bool
    /// How long a call may take, in milliseconds.
    public let timeout: Int

    /// Specifies a tool.
    public init(declaration: ToolDeclaration, effects: ToolEffects, isIdempotent: Bool, timeout: Int) {
        self.declaration = declaration
        self.effects = effects
        self.isIdempotent = isIdempotent
        self.timeout = timeout
    }
}
