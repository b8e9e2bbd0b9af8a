package import CrewCore
package import CrewRuntime

/// The built-in tools that there are; each is declared and made in a folder of its own.
package enum BuiltinTools {
    /// What crews are judged by.
    package static let all: [any BuiltinTool] = providers(web: nil)

    /// What an engine opens.
    ///
    /// - Parameter web: What `fetch` reads the web through; without it, a crew that declares it is refused.
    package static func providers(web: (any WebClient)?) -> [any ToolProvider] {
        [
            BuiltinCalculator(),
            BuiltinFiles(),
            BuiltinFetch(web: web),
        ]
    }
}
