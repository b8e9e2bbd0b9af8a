internal import ChatModel
public import CrewCore

/// The built-in tool `calculator`: arithmetic without code.
public struct Calculator: Tool {
    /// An expression.
    public struct Input: Generable {
        /// What to compute.
        public var expression: String

        /// Says what an expression may hold.
        public static var guides: [Guide] {
            [
                Guide(
                    "expression",
                    """
                    Arithmetic such as '(19.99 * 3 - 5) / 2^0.5'. Operators + - * / % ^ and parentheses; functions \
                    sqrt abs min max round floor ceil ln log10 exp sin cos tan (radians); constants pi and e.
                    """,
                    ["minLength": 1, "maxLength": .integer(Int64(ArithmeticParser.maximumLength))]
                )
            ]
        }
    }

    /// Makes the tool.
    public init() {}

    /// `calculator`, unless a crew declares it under another name.
    public var name: String { "calculator" }
    /// What it does.
    public var summary: String { "Computes an arithmetic expression and returns the number." }
    /// Nothing.
    public var effects: ToolEffects { [] }

    /// Computes.
    ///
    /// - Throws: `ToolRejection` with the column of what cannot be read or has no value.
    public func call(_ input: Input, context: ToolContext) throws -> String {
        do {
            return try ArithmeticParser.evaluate(input.expression).text
        } catch {
            throw ToolRejection(error.description)
        }
    }
}
