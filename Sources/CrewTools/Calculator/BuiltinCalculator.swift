internal import CrewCore
internal import CrewRuntime

/// The built-in `calculator`.
struct BuiltinCalculator: ToolProvider {
    let name = "calculator"
    let summary = "Exact arithmetic."

    func open(_ name: String, _ options: ToolOptions, in _: ToolSurroundings) throws(ToolboxError) -> OpenedTools {
        try OpenedTools(Calculator(), as: name)
    }
}
