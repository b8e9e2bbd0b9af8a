internal import ChatModel
internal import CrewCore

/// The arguments of a tool call as a model wrote them.
enum ToolArguments {
    /// The most bytes that are read.
    static let maximumSize = 4_194_304

    /// Reads the arguments and checks them against the tool's schema.
    ///
    /// No text at all stands for no arguments, which some servers send so.
    ///
    /// - Returns: An object that follows the schema.
    /// - Throws: ``ToolRejection`` with what is wrong, where, and what is allowed.
    static func parse(_ text: String, for declaration: ToolDeclaration) throws(ToolRejection) -> JSONValue {
        guard text.utf8.count <= maximumSize else {
            throw ToolRejection("The arguments have \(text.utf8.count) bytes; at most \(maximumSize) are allowed.")
        }
        let isBlank = text.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let document = isBlank ? [:] : try json(text)
        guard case .object = document else {
            if case .string = document {
                throw ToolRejection("The arguments must be a JSON object, not a string; do not quote the object.")
            }
            throw ToolRejection("The arguments must be a JSON object, not \(document.typeName).")
        }
        let arguments = declaration.parameters.removingPlaceholderNulls(from: document)
        let violations = declaration.parameters.validate(arguments)
        guard violations.isEmpty else {
            let lines = violations.map { "- \($0)" }.joined(separator: "\n")
            throw ToolRejection("The arguments of '\(declaration.name)' do not fit:\n\(lines)")
        }
        return arguments
    }

    private static func json(_ text: String) throws(ToolRejection) -> JSONValue {
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw ToolRejection("The arguments are not JSON: \(error).")
        }
    }
}
