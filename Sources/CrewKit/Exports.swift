@_exported public import ChatModel
@_exported public import CrewCore
@_exported public import CrewFile
@_exported public import CrewRuntime
@_exported public import CrewSQLite
@_exported public import CrewStore
@_exported public import CrewTools
