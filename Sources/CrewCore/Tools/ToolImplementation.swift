package import ChatModel

/// A tool with its argument type erased: what the engine knows of it, and the means to call it.
package struct ToolImplementation: Sendable {
    /// What the engine knows of the tool.
    package let specification: ToolSpecification
    /// Decodes the arguments and does the work.
    ///
    /// Throws ``ToolRejection`` for what the model can mend, arguments that do not decode included.
    package let call: @Sendable (_ arguments: JSONValue, _ context: ToolContext) async throws -> String

    /// Erases a tool's type.
    ///
    /// - Parameters:
    ///   - tool: The tool.
    ///   - name: The name by which the model calls it; the tool's own without one.
    /// - Throws: ``SchemaError`` when the schema of its arguments cannot be derived.
    package init(_ tool: some Tool, name: String? = nil) throws(SchemaError) {
        try self.init(tool, name: name ?? tool.name)
    }

    private init<T: Tool>(_ tool: T, name: String) throws(SchemaError) {
        specification = ToolSpecification(
            declaration: ToolDeclaration(name: name, summary: tool.summary, parameters: try T.Input.makeSchema()),
            effects: tool.effects,
            isIdempotent: tool.isIdempotent,
            timeout: tool.timeout.wholeMilliseconds
        )
        call = { arguments, context in
            let input: T.Input
            do {
                input = try JSONValueDecoder().decode(T.Input.self, from: arguments)
            } catch {
                throw ToolRejection("The arguments do not fit: \(error)")
            }
            return try Self.text(of: try await tool.call(input, context: context))
        }
    }

    /// What the model gets to read: a text as it is, any other value as JSON, its members in the order in which they encode.
    private static func text(of output: some Encodable) throws -> String {
        if let text = output as? String { return text }
        var writer = JSONWriter()
        try writer.encodable(output)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
