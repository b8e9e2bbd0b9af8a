package import ChatModel

/// A built-in tool, or set of tools, as far as a crew can be judged by it: what a crew may declare, and what that grants.
///
/// Whoever judges a crew is handed the built-ins that there are; what opens them stands above the core.
package protocol BuiltinTool: Sendable {
    /// The name by which it is declared.
    var name: String { get }
    /// What it is, for people, as a sentence.
    var summary: String { get }
    /// The tools it consists of, when it is a set; granted one by one as `name.part`, or all as `name`.
    var parts: [BuiltinToolPart] { get }
    /// What it touches, when it is no set.
    var effects: ToolEffects { get }
    /// What a declaration may set: keys of this built-in's own, whatever another calls by the same name.
    var options: [ToolOption] { get }

    /// What a declaration grants beyond the harmless.
    ///
    /// - Parameters:
    ///   - options: What is declared, which may be wrong: nothing is granted by what is.
    ///   - scope: What the person has said by their surroundings.
    /// - Returns: The grants, each with its place below the declaration.
    func grants(of options: JSONValue, in scope: GrantScope) -> [Grant]
}

extension BuiltinTool {
    /// It is no set.
    package var parts: [BuiltinToolPart] { [] }
    /// Nothing.
    package var effects: ToolEffects { [] }
    /// None.
    package var options: [ToolOption] { [] }
    /// Nothing.
    package func grants(of options: JSONValue, in scope: GrantScope) -> [Grant] { [] }
}

/// A tool of a set.
package struct BuiltinToolPart: Sendable, Hashable {
    /// `read` in `notes.read`.
    package let name: String
    /// What it touches.
    package let effects: ToolEffects
    /// The option that must be true for it to be there.
    package let option: String?

    /// Describes a part.
    package init(_ name: String, effects: ToolEffects, option: String? = nil) {
        self.name = name
        self.effects = effects
        self.option = option
    }
}

extension [any BuiltinTool] {
    /// The built-in of that name.
    package func named(_ name: String) -> (any BuiltinTool)? { first { $0.name == name } }
}
