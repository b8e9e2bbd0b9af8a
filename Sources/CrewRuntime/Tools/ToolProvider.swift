internal import ChatModel
package import CrewCore

/// Where the tools that crews declare come from: a built-in with the means to open it.
package protocol ToolProvider: BuiltinTool {
    /// Makes the tools of a declaration ready for one run.
    ///
    /// - Parameters:
    ///   - name: The name under which they are declared, which stands before the names of parts.
    ///   - options: What is declared: no option is unknown, missing or of the wrong type.
    ///   - surroundings: Where the run takes place.
    /// - Throws: ``ToolboxError`` when what is declared is not there or cannot be used.
    func open(
        _ name: String,
        _ options: ToolOptions,
        in surroundings: ToolSurroundings
    ) async throws(ToolboxError) -> OpenedTools
}

/// Where a run takes place, as far as its tools are concerned.
package struct ToolSurroundings: Sendable {
    /// What relative folders are relative to.
    package let folder: String
    /// What no tool may touch.
    package let protected: ProtectedPlaces
}

/// The tools that a declaration makes.
package struct OpenedTools: Sendable {
    /// One of them.
    package struct Part: Sendable {
        /// `read` in `notes.read`; `nil` for a built-in that is no set.
        package let name: String?
        let implementation: ToolImplementation
    }

    /// The tools, in the order in which models see them.
    let parts: [Part]
    /// Gives back what they hold; called once, after the last call.
    ///
    /// A call that was given up may still be under way.
    let close: @Sendable () async -> Void

    /// Several tools, or one that has no part's name.
    package init(_ parts: [Part], close: @escaping @Sendable () async -> Void = {}) {
        self.parts = parts
        self.close = close
    }

    /// A built-in that is no set.
    ///
    /// - Parameters:
    ///   - tool: The tool.
    ///   - name: The name under which it is declared.
    package init(_ tool: some Tool, as name: String) throws(ToolboxError) {
        self.init([try Part(nil, tool, of: name)])
    }
}

extension OpenedTools.Part {
    /// A tool of a set.
    ///
    /// - Parameters:
    ///   - part: The name by which it is granted.
    ///   - tool: The tool; what it calls itself does not matter.
    ///   - name: The name under which the set is declared.
    package init(_ part: String?, _ tool: some Tool, of name: String) throws(ToolboxError) {
        let called = part.map { "\(name)_\($0)" } ?? name
        self.name = part
        do throws(SchemaError) { implementation = try ToolImplementation(tool, name: called) } catch {
            throw ToolboxError(.badSchema, tool: called, error.description)
        }
    }
}
